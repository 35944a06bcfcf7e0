using DiffusionBot.Generation.Jobs;

namespace DiffusionBot.Generation.Outbox;

/// <summary>There is something to deliver.</summary>
internal sealed class OutboxSignal : Signal;
