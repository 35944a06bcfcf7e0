using DiffusionBot.Engine.Checkpoints;
using DiffusionBot.Generation.Jobs;
using DiffusionBot.Generation.Storage;

namespace DiffusionBot.Web.Admin;

/// <summary>The overview: what is drawn, what waits, what failed, and how the machine does.</summary>
public sealed record AdminOverviewModel(
    PageFrame Frame, bool IsPaused, int Length, IReadOnlyList<(StoredRequest Request, Standing Standing)> Waiting, IReadOnlyList<StoredRequest> Failed,
    IReadOnlyList<KeyValuePair<string, string>> Meters);

/// <summary>The model files.</summary>
public sealed record AdminModelsModel(PageFrame Frame, IReadOnlyList<ModelFile> Checkpoints, IReadOnlyList<ModelFile> Others, IReadOnlyList<string> Notes, string Device);

/// <summary>A page of users.</summary>
public sealed record AdminUsersModel(PageFrame Frame, IReadOnlyList<StoredUser> Users, int Total, int Page, int PageSize);

/// <summary>The block list.</summary>
public sealed record AdminWordsModel(PageFrame Frame, IReadOnlyList<string> Words);

/// <summary>The door.</summary>
public sealed record AdminDoorModel(PageFrame Frame, string? Problem);
