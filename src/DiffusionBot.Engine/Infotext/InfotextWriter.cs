using DiffusionBot.Engine.Pipelines;
namespace DiffusionBot.Engine.Infotext;
internal static class InfotextWriter { public static string Write(DrawingPlan plan, long seed) => plan.Request.Prompt + seed; }
