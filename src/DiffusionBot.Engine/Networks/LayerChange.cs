using System.Numerics.Tensors;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Engine.Networks;

/// <summary>What a network does to one layer's weight: W becomes W + difference * scale * multiplier.</summary>
/// <param name="parts">The numbers that the file has for the layer.</param>
/// <param name="shape">The weight's: [O, I] or [O, I, k, k], of norms [C].</param>
internal abstract class LayerChange(LayerParts parts, IReadOnlyList<long> shape)
{
    /// <summary>What the file calls it.</summary>
    public string Layer => parts.Layer;

    protected LayerParts Parts => parts;

    /// <summary>The weight's shape.</summary>
    protected IReadOnlyList<long> Shape => shape;

    /// <summary>Rows of the weight as a matrix.</summary>
    protected int Outputs => (int)shape[0];

    /// <summary>Inputs of a convolution or linear layer.</summary>
    protected int Inputs => shape.Count > 1 ? (int)shape[1] : 1;

    /// <summary>Elements of a kernel: 1 in linear layers.</summary>
    protected int Area => shape.Count > 2 ? (int)(shape[2] * shape[3]) : 1;

    protected int Elements => Outputs * Inputs * Area;

    /// <summary>How many numbers the difference has. They are the weight's, or those of its first inputs alone where the weight is an inpainting model's first.</summary>
    protected abstract long Made { get; }

    /// <summary>Inner dimension of a factorisation, which alpha is divided by; null: there is none.</summary>
    protected virtual int? Rank => null;

    /// <summary>Why it cannot be applied, or null.</summary>
    public virtual string? Misfit() => !Fits(Made) ? $"makes {Made} numbers of {Weights.Show(shape)}" : Rank is 0 ? "has the rank 0" : null;

    /// <summary>What has to be added, before its scale.</summary>
    /// <param name="weight">As it is now.</param>
    /// <param name="source">The file.</param>
    protected abstract float[] Difference(ReadOnlySpan<float> weight, NetworkSource source);

    /// <summary>Changes the weight.</summary>
    public virtual void Apply(Span<float> weight, float multiplier, NetworkSource source)
    {
        var difference = Difference(weight, source);
        if (parts.Find("bias") is { } bias && bias.Elements == difference.Length) TensorPrimitives.Add(difference, source.Read(bias), difference);
        var scale = ScaleOf();
        if (scale != 1) TensorPrimitives.Multiply(difference, scale, difference);
        if (difference.Length != weight.Length) difference = Padded(difference);
        if (parts.Find("dora_scale") is { } magnitude) Decompose(difference, weight, source.Read(magnitude), magnitude.Shape);
        TensorPrimitives.Multiply(difference, multiplier, difference);
        TensorPrimitives.Add(weight, difference, weight);
    }

    /// <summary>`scale`, else alpha through rank, else 1.</summary>
    protected virtual float ScaleOf() =>
        parts.Find("scale") is { } scale ? NetworkSource.Scalar(scale)
        : parts.Find("alpha") is { } alpha && Rank is { } rank ? NetworkSource.Scalar(alpha) / rank
        : 1;

    /// <summary>Whether nothing but a scaled product is added: no bias and no magnitude.</summary>
    protected bool IsPlain => !parts.Has("bias") && !parts.Has("dora_scale");

    private bool Fits(long made) => made == Elements || (IsInpainting && made * 9 == Elements * 4L);

    private bool IsInpainting => shape is [_, 9, _, _];

    /// <summary>[O, 4, k, k] as [O, 9, k, k]: what an inpainting model has beside the latent stays as it is.</summary>
    private float[] Padded(float[] difference)
    {
        var padded = new float[Elements];
        for (var o = 0; o < Outputs; o++) difference.AsSpan(o * 4 * Area, 4 * Area).CopyTo(padded.AsSpan(o * 9 * Area));
        return padded;
    }

    /// <summary>
    /// DoRA (arXiv:2402.09353) as WebUI has it: the changed weight, each input's part of it brought to the length that the file says, less the weight.
    /// </summary>
    private void Decompose(Span<float> difference, ReadOnlySpan<float> weight, float[] magnitude, IReadOnlyList<long> magnitudeShape)
    {
        var (first, second) = magnitudeShape is [var only] ? (1L, only) : (magnitudeShape[0], magnitudeShape[1]);
        if ((first != 1 && first != Outputs) || (second != 1 && second != Inputs) || first * second != magnitude.Length)
            throw new InvalidCheckpointException($"{parts.Get("dora_scale").File}: tensor '{parts.Get("dora_scale").Name}' is {Weights.Show(magnitudeShape)}; expected one number an input of {Weights.Show(shape)}.");
        var squares = new double[Inputs];
        for (var at = 0; at < weight.Length; at++)
        {
            var merged = weight[at] + difference[at];
            squares[at / Area % Inputs] += (double)merged * merged;
        }
        for (var at = 0; at < weight.Length; at++)
        {
            var (input, output) = (at / Area % Inputs, at / Area / Inputs);
            var wanted = magnitude[((first == 1 ? 0 : output) * second) + (second == 1 ? 0 : input)];
            difference[at] = ((weight[at] + difference[at]) * (wanted / (float)Math.Sqrt(squares[input]))) - weight[at];
        }
    }
}
