using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks;

/// <summary>A textual inversion: vectors that stand in a prompt in the place of tokens.</summary>
/// <param name="Name">The word that it is called by.</param>
/// <param name="Vectors">How many tokens it takes.</param>
/// <param name="Parts">For each text encoder [vectors, width].</param>
/// <param name="Hash">What infotext says of it; null: nothing.</param>
internal sealed record Embedding(string Name, int Vectors, IReadOnlyList<float[]> Parts, string? Hash)
{
    /// <summary>More than a chunk of a prompt has room for cannot be drawn with.</summary>
    public const int MostVectors = Prompts.PromptChunk.Room;

    /// <summary>Digits of the hash.</summary>
    public const int HashDigits = 12;

    /// <summary>Reads one for a model.</summary>
    /// <param name="tensors">Of its file, by name; of files with all of training those of `string_to_param`.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="where">The file, for messages.</param>
    /// <param name="widths">Of the model's text encoders.</param>
    /// <param name="hash">What infotext says of it.</param>
    /// <exception cref="InvalidCheckpointException">It is none, or for another family.</exception>
    public static Embedding Read(IReadOnlyDictionary<string, TensorInfo> tensors, string name, string where, IReadOnlyList<int> widths, string? hash)
    {
        var trained = tensors.Where(t => t.Key.StartsWith("string_to_param.", StringComparison.Ordinal)).Select(t => t.Value).ToList();
        TensorInfo[] parts = trained is [var only] ? [only]
            : trained.Count == 0 && tensors.TryGetValue("clip_l", out var small) && tensors.TryGetValue("clip_g", out var large) ? [small, large]
            : trained.Count == 0 && tensors.Count == 1 ? [tensors.Values.First()]
            : throw new InvalidCheckpointException($"{where}: this is no embedding: it has {tensors.Count} tensors; expected one, or clip_l and clip_g.");
        if (parts.Length != widths.Count || parts.Zip(widths).Any(p => p.First.Shape.Count is not (1 or 2) || p.First.Shape[^1] != p.Second))
        {
            var (found, expected) = (string.Join(" and ", parts.Select(p => Weights.Show(p.Shape))), string.Join(" and ", widths));
            throw new InvalidCheckpointException(new LocalText(
                $"{where}: this embedding is {found}; this checkpoint's text encoders take vectors of {expected}. It is made for another family.",
                $"{where}：这个嵌入模型是 {found}，而该模型的文本编码器使用 {expected} 维向量，它是为别的系列训练的。"));
        }
        var counts = parts.Select(p => p.Shape.Count == 1 ? 1 : p.Shape[0]).Distinct().ToList();
        if (counts is not [var vectors and > 0 and <= MostVectors])
            throw new InvalidCheckpointException($"{where}: this embedding has {string.Join(" and ", counts)} vectors; expected 1 to {MostVectors}.");
        return new Embedding(name, (int)vectors, [.. parts.Select(TensorData.Floats)], hash);
    }
}
