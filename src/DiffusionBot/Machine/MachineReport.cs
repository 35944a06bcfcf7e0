using DiffusionBot.Engine;

namespace DiffusionBot.Machine;

/// <summary>How much a finding matters.</summary>
internal enum Weight
{
    /// <summary>Nothing can be drawn.</summary>
    StopsDrawing,

    /// <summary>The card stays idle; the processor draws.</summary>
    StopsTheCard,

    /// <summary>It draws, but slowly, or not everything.</summary>
    Hint,
}

/// <summary>One thing that is not as it could be.</summary>
/// <param name="Weight">How much it matters.</param>
/// <param name="Found">What was found, in one line.</param>
/// <param name="Advice">What to do about it, in one line.</param>
internal sealed record Finding(Weight Weight, string Found, string Advice);

/// <summary>What a machine's facts mean for drawing, in one language.</summary>
internal sealed class MachineReport
{
    private const long Gigabyte = 1L << 30;
    private readonly List<Finding> findings = [];
    private readonly MachineFacts facts;
    private readonly Language language;

    /// <param name="facts">What was found on the machine.</param>
    /// <param name="models">How many models there are to draw with.</param>
    /// <param name="language">Of the findings' texts.</param>
    public MachineReport(MachineFacts facts, int models, Language language)
    {
        (this.facts, this.language) = (facts, language);
        JudgeDrawing(models);
        JudgeCard();
        JudgeComfort();
    }

    /// <summary>The worst first; empty where all is well.</summary>
    public IReadOnlyList<Finding> Findings => findings;

    /// <summary>Whether anything can be drawn at all.</summary>
    public bool CanDraw => findings.TrueForAll(f => f.Weight != Weight.StopsDrawing);

    /// <summary>The cards that this build can draw with, as the machine is.</summary>
    public IReadOnlyList<NvidiaCard> Cards => findings.TrueForAll(f => f.Weight != Weight.StopsTheCard) ? [.. RunnableCards] : [];

    private IEnumerable<NvidiaCard> RunnableCards => facts.Nvidia?.Cards.Where(c => CudaLibraries.Run(c.Capability, facts.Platform)) ?? [];

    /// <summary>The text of this report's language. Both stand together so that they stay equal.</summary>
    private string Say(string english, string chinese) => language == Language.Chinese ? chinese : english;

    private void Add(Weight weight, string found, string advice) => findings.Add(new Finding(weight, found, advice));

    private void JudgeDrawing(int models)
    {
        foreach (var library in facts.OwnLibraries)
        {
            if (library.Error is not { } error) continue;
            var advice = facts.Platform == Platform.Windows
                ? Say("Install the Microsoft Visual C++ Redistributable (x64): winget install Microsoft.VCRedist.2015+.x64. If it is there, build or unpack the program again.",
                      "请安装 Microsoft Visual C++ 运行库（x64）：winget install Microsoft.VCRedist.2015+.x64。如果已经装过，请重新构建或重新解压本程序。")
                : Say("Build or unpack the program again: its folder must stay whole, and it runs on Linux with glibc 2.28 or newer.",
                      "请重新构建或重新解压本程序：文件夹要保持完整；Linux 需要 glibc 2.28 或更新版本。");
            Add(Weight.StopsDrawing, Say($"{library.Name} does not load: {error}.", $"{library.Name} 无法加载：{error}。"), advice);
        }
        if (models == 0)
        {
            Add(Weight.StopsDrawing, Say($"There is no model in {facts.ModelsFolder}.", $"{facts.ModelsFolder} 里没有模型。"),
                Say("Put a checkpoint (.safetensors) into its folder checkpoints, or name another folder with --models.",
                    "请把大模型文件（.safetensors）放进其中的 checkpoints 文件夹，或用 --models 指定别的文件夹。"));
        }
    }

    private void JudgeCard()
    {
        if (facts.Platform == Platform.Other) return;
        if (facts.Nvidia is not { } driver)
        {
            if (facts.NvidiaCardOnBus)
            {
                Add(Weight.StopsTheCard, Say("There is an NVIDIA card, but no driver for it.", "有 NVIDIA 显卡，但没有安装驱动。"), DriverAdvice());
            }
            return;
        }
        if (driver.Error is { } error)
        {
            Add(Weight.StopsTheCard, Say($"The NVIDIA driver does not answer: {error}.", $"NVIDIA 驱动没有响应：{error}。"),
                Say("Restart the machine: a driver that was just updated answers only then. If that does not help, install it again.",
                    "请重启电脑：驱动刚更新过时，重启后才能使用。如果仍然不行，请重新安装驱动。"));
            return;
        }
        if (driver.Cards.Count == 0)
        {
            Add(Weight.StopsTheCard, Say($"NVIDIA driver {driver.Version} is installed, but shows no card.", $"已安装 NVIDIA 驱动 {driver.Version}，但它没有找到显卡。"),
                Say("See whether nvidia-smi lists it; in a container, give it the card (docker run --gpus all).",
                    "请用 nvidia-smi 确认能否看到显卡；如果在容器里运行，请把显卡交给容器（docker run --gpus all）。"));
            return;
        }
        if (driver.Major < CudaLibraries.MinimumDriver)
        {
            Add(Weight.StopsTheCard, Say($"NVIDIA driver {driver.Version} is too old: CUDA 13 needs {CudaLibraries.MinimumDriver} or newer.",
                $"NVIDIA 驱动 {driver.Version} 太旧：CUDA 13 需要 {CudaLibraries.MinimumDriver} 或更新版本。"), DriverAdvice());
        }
        JudgeCapability(driver);
        if (RunnableCards.Any()) JudgeSoftware();
    }

    private void JudgeCapability(NvidiaDriver driver)
    {
        foreach (var card in driver.Cards.Where(c => !CudaLibraries.Run(c.Capability, facts.Platform)))
        {
            // One idle card beside a good one costs nothing.
            var weight = RunnableCards.Any() ? Weight.Hint : Weight.StopsTheCard;
            var found = Say($"{card.Name} has compute capability {card.Capability}; the CUDA provider has no code for it.",
                $"{card.Name} 的计算能力是 {card.Capability}，CUDA 组件里没有适合它的代码。");
            var advice = card.Capability < new Version(7, 5)
                ? Say("CUDA 13 begins with Turing (7.5): GeForce GTX 16, RTX 20 and newer. This card cannot be used; the CPU draws.",
                      "CUDA 13 从图灵架构（7.5）开始支持：GeForce GTX 16、RTX 20 系列及更新的显卡。这块卡无法使用，改用 CPU 绘图。")
                : Say($"It has code for 7.5, 8.x, {(facts.Platform == Platform.Linux ? "9.0 " : "")}and 12.x. This card cannot be used by this release; the CPU draws.",
                      $"目前支持 7.5、8.x{(facts.Platform == Platform.Linux ? "、9.0" : "")} 和 12.x。这个版本用不了这块卡，改用 CPU 绘图。");
            Add(weight, found, advice);
        }
    }

    private void JudgeSoftware()
    {
        if (!facts.CudaProvider)
        {
            Add(Weight.StopsTheCard, Say("This build has no CUDA provider beside the program.", "程序文件夹里没有 CUDA 组件。"),
                Say("Build it with one (290 MB are fetched): dotnet publish src/DiffusionBot -c Release -p:Cuda=true -o FOLDER",
                    "请带上 CUDA 重新构建（会下载 290 MB）：dotnet publish src/DiffusionBot -c Release -p:Cuda=true -o 文件夹"));
        }
        foreach (var (library, error) in facts.CudaLibraries.Where(l => l.Error is not null).Select(l => (l.Library, l.Error)))
        {
            var found = Say($"{library.File} ({library.Product}) does not load: {error}.", $"{library.File}（{library.Product}）无法加载：{error}。");
            Add(Weight.StopsTheCard, found, LibraryAdvice(library));
        }
        foreach (var card in RunnableCards.Where(c => c.MemoryTotal is > 0 and < 4 * Gigabyte - Gigabyte / 4))
        {
            Add(Weight.Hint, Say($"{card.Name} has {Size(card.MemoryTotal)} of memory.", $"{card.Name} 只有 {Size(card.MemoryTotal)} 显存。"),
                Say("SD 1.5 at 512x512 wants about 4 GB; the shipped model draws with 1 GB.", "SD 1.5 画 512x512 约需 4 GB；自带的小模型 1 GB 就够。"));
        }
    }

    private string DriverAdvice() => facts.Platform == Platform.Windows
        ? Say($"Install the newest driver ({CudaLibraries.MinimumDriver} or newer) from nvidia.com/drivers or with the NVIDIA app, then restart.",
              $"请从 nvidia.cn/drivers 或用 NVIDIA App 安装最新驱动（{CudaLibraries.MinimumDriver} 或更新版本），然后重启。")
        : Say($"Install driver {CudaLibraries.MinimumDriver} or newer, then restart (Ubuntu: sudo ubuntu-drivers install; else NVIDIA's CUDA repository: docs/gpu.md).",
              $"请安装 {CudaLibraries.MinimumDriver} 或更新版本的驱动，然后重启（Ubuntu：sudo ubuntu-drivers install；其他发行版用 NVIDIA 的 CUDA 软件源，见 docs/gpu.zh-CN.md）。");

    private string LibraryAdvice(CudaLibrary library) => facts.Platform == Platform.Windows
        ? library.Product == "cuDNN 9"
            ? Say($"Install cuDNN 9 for CUDA 13 (NVIDIA's installer; or the wheel {library.Wheel}) and put the folder of {library.File} on the PATH.",
                  $"请安装适用于 CUDA 13 的 cuDNN 9（NVIDIA 安装程序，或 Python 包 {library.Wheel}），并把 {library.File} 所在文件夹加入 PATH。")
            : Say($"Install the CUDA Toolkit 13 (NVIDIA's installer; or the wheel {library.Wheel}); if it is there, put its bin\\x64 on the PATH.",
                  $"请安装 CUDA Toolkit 13（NVIDIA 安装程序，或 Python 包 {library.Wheel}）；如果已经装过，请把它的 bin\\x64 加入 PATH。")
        : Say($"Install {library.Package} from NVIDIA's CUDA repository (apt), or the wheel {library.Wheel} and add its folder to LD_LIBRARY_PATH.",
              $"请从 NVIDIA 的 CUDA 软件源（apt）安装 {library.Package}；或安装 Python 包 {library.Wheel}，并把它的文件夹加入 LD_LIBRARY_PATH。");

    private void JudgeComfort()
    {
        if (!facts.Avx2 && facts.Platform != Platform.Other)
        {
            Add(Weight.Hint, Say($"{facts.Cpu} has no AVX2.", $"{facts.Cpu} 不支持 AVX2。"),
                Say("Drawing on it takes several times as long; in a virtual machine, let it see the host's processor.", "用它绘图会慢好几倍；如果是虚拟机，请让虚拟机使用宿主机的 CPU 型号。"));
        }
        if (facts.MemoryFree < Gigabyte)
        {
            Add(Weight.Hint, Say($"Only {Size(facts.MemoryFree)} of memory are free.", $"空闲内存只有 {Size(facts.MemoryFree)}。"),
                Say("Close other programs: the shipped model wants about 1 GB, SD 1.5 on the CPU up to 8 GB.", "请关闭其他程序：自带的小模型约需 1 GB，SD 1.5 用 CPU 绘图最多需要 8 GB。"));
        }
        else if (facts.MemoryTotal < 8 * Gigabyte && Cards.Count == 0)
        {
            Add(Weight.Hint, Say($"The machine has {Size(facts.MemoryTotal)} of memory.", $"内存共 {Size(facts.MemoryTotal)}。"),
                Say("Enough for the shipped model; SD 1.5 on the CPU wants up to 8 GB for a 512x512 picture.", "够自带的小模型使用；SD 1.5 用 CPU 画 512x512 最多需要 8 GB。"));
        }
        if (facts.DiskFree < 5 * Gigabyte)
        {
            Add(Weight.Hint, Say($"Only {Size(facts.DiskFree.Value)} are free on the disk of {facts.ModelsFolder}.", $"{facts.ModelsFolder} 所在磁盘只剩 {Size(facts.DiskFree.Value)}。"),
                Say("A checkpoint of SD 1.5 is 2 to 4 GB: make room, or keep models elsewhere and name that folder with --models.", "一个 SD 1.5 大模型有 2 到 4 GB：请腾出空间，或把模型放到别处并用 --models 指定。"));
        }
    }

    /// <summary>Bytes as "7.6 GB", or "512 MB" below one; in units of 1024.</summary>
    public static string Size(long bytes) => bytes < Gigabyte ? $"{bytes >> 20} MB" : $"{bytes / (double)Gigabyte:0.#} GB";
}
