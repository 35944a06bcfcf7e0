using BenchmarkDotNet.Running;
using DiffusionBot.Benchmarks;

switch (args)
{
    case ["synthetic", var path]:
        SyntheticCheckpoint.Write(path);
        return 0;
    case ["widen", var from, var to]:
        WideCopy.Write(from, to);
        return 0;
    case ["load", var path]:
        FullSize.MeasureLoading(path);
        return 0;
    case ["step", var path, var widePath, .. var rest]:
        FullSize.MeasureStep(path, widePath, rest is [var size] ? int.Parse(size) : 512);
        return 0;
    case ["networks", var path, .. var rest]:
        Switching.Measure(path, rest is [var edge] ? int.Parse(edge) : 512);
        return 0;
    case ["hires", var path, .. var rest]:
        await HiresSteps.MeasureAsync(path, rest is [var longEdge] ? int.Parse(longEdge) : 512);
        return 0;
    case ["picture", var path]:
        await FullSize.MeasurePictureAsync(path);
        return 0;
    case ["decode", var path, .. var rest]:
        VaeDecode.Measure(path, rest is [var side, ..] ? int.Parse(side) : 1024, rest is [_, var room] ? int.Parse(room) : 2500);
        return 0;
    case ["messages", .. var rest]:
        await Messages.MeasureAsync(rest is [var count] ? int.Parse(count) : 1000);
        return 0;
    case ["wechat", .. var rest]:
        await WeChatLoad.MeasureAsync(rest is [var rate, ..] ? int.Parse(rate) : 200, rest is [_, var seconds] ? int.Parse(seconds) : 60);
        return 0;
    case ["discord", .. var rest]:
        await DiscordLoad.MeasureAsync(rest is [var perSecond, ..] ? int.Parse(perSecond) : 100, rest is [_, var howLong] ? int.Parse(howLong) : 10);
        return 0;
    case ["recipes", var folder, .. var names]:
        await RecipeGrids.DrawAsync(folder, names);
        return 0;
    case ["hot", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(FullSize).Assembly).Run(rest);
        return 0;
    default:
        await Console.Error.WriteLineAsync("""
            synthetic FILE        writes a checkpoint of SD 1.5's size (fp16, 2.1 GB) with random weights
            widen FILE WIDE       writes the same weights as float (4.3 GB), for the graph that is compared with
            load FILE             how long it takes until the sessions are ready
            step FILE WIDE [512]  one UNet step through the engine against the bare graph with all optimisations
            networks FILE [512]   switching rank-16 LoRAs over all attention layers, and steps with two of them against the best session without
            hires FILE [512]      a step of hires fix's second pass against one of a first pass of that size
            picture FILE          a whole 512x512 picture: time by stage, peak memory
            decode FILE [1024 2500]  one latent through an autoencoder of SD 1.5's size: time, peak memory, with so many MB to take; the file is written where it is not there
            messages [1000]       so many messages at once to the whole bot, while it draws
            wechat [200 60]       so many messages a second for so many seconds to WeChat accounts, while the host draws
            discord [100 10]      so many commands a second for so many seconds on Discord, while the host draws
            recipes FOLDER [NAME] the grids of docs/recipes.md, or one of them
            hot [--filter *]      BenchmarkDotNet over the hot pieces
            """);
        return 2;
}
