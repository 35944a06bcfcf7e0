using DiffusionBot.Engine;
using DiffusionBot.Machine;

namespace DiffusionBot.Cli;

/// <summary>What commands say to people, in the language of choice. Both stand together so that they stay equal.</summary>
internal sealed class Texts(Language language)
{
    public string Cancelled => Say("Cancelled.", "已取消。");

    public string Listening(string address) => Say($"The bot is at {address} (Ctrl+C ends it).", $"机器人已启动：{address}（按 Ctrl+C 退出）。");

    public string Note => Say("Note", "提示");

    public string Step => Say("step", "步数");

    public string StageOf(DrawingStage stage) => stage switch
    {
        DrawingStage.Loading => Say("Loading the model", "加载模型"),
        DrawingStage.Reading => Say("Reading the prompt", "读取提示词"),
        DrawingStage.Sampling => Say("Drawing", "绘图"),
        _ => Say("Decoding", "解码"),
    };

    public string Drawn(string path, int width, int height, long seed) =>
        Say($"{path}: {width}x{height}, seed {seed}", $"{path}：{width}x{height}，种子 {seed}");

    public string GridDrawn(string path) => Say($"{path}: all of them as one", $"{path}：全部图片拼成一张");

    public string Took(TimeSpan time, string device) => Say($"Drawn in {time.TotalSeconds:F1} s on {device}.", $"绘图用时 {time.TotalSeconds:F1} 秒（{device}）。");

    public string NoParameters(string path, IEnumerable<string> others)
    {
        var names = string.Join(", ", others);
        return names.Length == 0
            ? Say($"{path}: there is no parameter text in this picture.", $"{path}：图片里没有参数信息。")
            : Say($"{path}: there is no parameter text in this picture, only: {names}.", $"{path}：图片里没有参数信息，只有：{names}。");
    }

    public string NoModels(string folder) => Say($"There are no models in {folder}.", $"{folder} 里没有模型。");

    public string Hashing(string name) => Say($"Computing the hash of {name} ...", $"正在计算 {name} 的哈希值……");

    public IReadOnlyList<string> ModelColumns => language == Language.Chinese
        ? ["类型", "名称", "哈希", "系列", "大小", "问题"]
        : ["Kind", "Name", "Hash", "Family", "Size", "Problem"];

    /// <summary>Heads of columns of nine cells, behind one of eight.</summary>
    public string BenchHead => Say(
        "seconds      load     text sampling   decode    total   native   encode",
        "秒           加载     文本     采样     解码     合计     原生     编码");

    public string BenchTail(double outside, double peak) => Say(
        $"Outside ONNX Runtime's Run calls: {outside:P1} of a warm picture. Peak resident memory: {peak:F0} MB.",
        $"ONNX Runtime 运算以外的时间：占 {outside:P1}。内存峰值：{peak:F0} MB。");

    public string Device(string device) => Say($"The engine's device here: {device}.", $"引擎在这里使用的设备：{device}。");

    /// <summary>What another part says.</summary>
    public string Of(LocalText text) => text.In(language);

    private string Say(string english, string chinese) => language == Language.Chinese ? chinese : english;
}
