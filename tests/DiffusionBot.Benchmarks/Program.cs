using System.Diagnostics;
using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Engine.Models;
using DiffusionBot.Engine.Onnx;
using DiffusionBot.Engine.Runtime;

if (args[0] == "synthetic") { DiffusionBot.Benchmarks.SyntheticCheckpoint.Write(args[1]); return; }
var path = args[0];
var size = int.Parse(args[1]);
var block = args[2] == "auto" ? CpuBlocking.BlockSize : int.Parse(args[2]);
Console.WriteLine($"block {block}");
var clock = Stopwatch.StartNew();
var file = SafetensorsFile.Open(path);
Console.WriteLine($"header {clock.ElapsedMilliseconds} ms");
clock.Restart();
var graph = Unet.Build(file.Weights.At(Unet.Prefix), _ => 8, GraphTarget.Cpu(block));
Console.WriteLine($"graph {clock.ElapsedMilliseconds} ms, {graph.Nodes.Count} nodes, {graph.Weights.Count} weights");
clock.Restart();
using var session = OrtSession.Create(graph, new SessionSettings { Threads = int.Parse(Environment.GetEnvironmentVariable("THREADS") ?? "0") });
Console.WriteLine($"session {clock.ElapsedMilliseconds} ms cpu {Process.GetCurrentProcess().TotalProcessorTime.TotalMilliseconds:F0}, own weights {session.WeightBytes >> 20} MB, rss {Environment.WorkingSet >> 20} MB");
var ctx = (int)Unet.ContextWidth(file.Weights.At(Unet.Prefix));
var n = size / 8;
var x = new float[2 * 4 * n * n];
var rnd = new Random(1);
for (var i = 0; i < x.Length; i++) x[i] = (float)(rnd.NextDouble() * 4 - 2);
var c = new float[2 * 77 * ctx];
for (var i = 0; i < c.Length; i++) c[i] = (float)(rnd.NextDouble() * 4 - 2);
var o = new float[x.Length];
for (var i = 0; i < 4; i++)
{
    clock.Restart(); var cpu = Process.GetCurrentProcess().TotalProcessorTime;
    session.Run([new Feed("x", x, [2, 4, n, n]), new Feed("timesteps", new float[] { 500, 500 }, [2]), new Feed("context", c, [2, 77, ctx])], "out", o, [2, 4, n, n]);
    Console.WriteLine($"run {clock.ElapsedMilliseconds} ms cpu {(Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds:F0}, sum {o.Sum(v => (double)MathF.Abs(v)):F4} rss {Environment.WorkingSet >> 20} MB");
}
