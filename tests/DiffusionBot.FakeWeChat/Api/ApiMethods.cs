using System.Text.Json;

namespace DiffusionBot.FakeWeChat.Api;

/// <summary>The calls: token first, then rights, then limits, then what is asked.</summary>
internal sealed class ApiMethods(FakeWeChatPlatform platform)
{
    public async Task<ApiAnswer> AnswerAsync(ApiRequest request)
    {
        try
        {
            return request.Name switch
            {
                "token" => Token(request),
                "stable_token" => StableToken(request),
                "message/custom/send" => CustomService.Send(Enter(request, "POST"), request.Json()),
                "message/custom/typing" => CustomService.Type(Enter(request, "POST"), request.Json()),
                "media/upload" => await MediaForm.UploadAsync(Enter(request, "POST"), request),
                "media/get" => Media(Enter(request, "GET"), request.Query("media_id")),
                "menu/create" => Menu.Create(Enter(request, "POST"), request),
                _ => new ApiAnswer([], "text/plain", 404),
            };
        }
        catch (ApiErrorException e)
        {
            // Where a file was asked for, the JSON comes as text.
            return request.Name == "media/get" ? ApiAnswer.Error(e.Code) with { ContentType = "text/plain" } : ApiAnswer.Error(e.Code);
        }
    }

    public FakeAccount? AccountOf(ApiRequest request) => request.Name switch
    {
        "token" => platform.Account(a => a.AppId == request.Query("appid")),
        "stable_token" => AppIdOf(request) is { } id ? platform.Account(a => a.AppId == id) : null,
        _ => platform.Account(a => a.Tokens.Check(request.Query("access_token")) is not null),
    };

    private static string? AppIdOf(ApiRequest request)
    {
        try
        {
            return request.Json().Text("appid");
        }
        catch (ApiErrorException)
        {
            return null;
        }
    }

    private FakeAccount Enter(ApiRequest request, string method)
    {
        CheckMethod(request, method);
        var token = request.Query("access_token");
        if (token.Length == 0) throw new ApiErrorException(41001);
        if (token.Length != platform.Options.TokenLength) throw new ApiErrorException(40014);
        var account = AccountOf(request) ?? throw new ApiErrorException(40001);
        var refusal = account.Tokens.Check(token) ?? 40001;
        if (refusal != 0) throw new ApiErrorException(refusal);
        if (!account.IsCertified || account.Lacks.Contains(request.Name)) throw new ApiErrorException(48001);
        return account.Limits.Take(request.Name) ? account : throw new ApiErrorException(45009);
    }

    private ApiAnswer Token(ApiRequest request)
    {
        CheckMethod(request, "GET");
        return SignedIn(request, request.Query("grant_type"), request.Query("appid"), request.Query("secret")).Tokens.NewPlain();
    }

    private ApiAnswer StableToken(ApiRequest request)
    {
        CheckMethod(request, "POST");
        var json = request.Json();
        var force = json.Part("force_refresh");
        if (force.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.True or JsonValueKind.False)) throw new ApiErrorException(47001);
        return SignedIn(request, json.Text("grant_type"), json.Text("appid"), json.Text("secret")).Tokens.GetStable(force.ValueKind == JsonValueKind.True);
    }

    private FakeAccount SignedIn(ApiRequest request, string grant, string appId, string secret)
    {
        if (grant != "client_credential") throw new ApiErrorException(40002);
        var account = platform.Account(a => a.AppId == appId) ?? throw new ApiErrorException(40013);
        if (account.AppSecret != secret) throw new ApiErrorException(40125);
        return account.Limits.Take(request.Name) ? account : throw new ApiErrorException(45009);
    }

    private static ApiAnswer Media(FakeAccount account, string id)
    {
        var file = account.Media.Find(id) ?? throw new ApiErrorException(40007);
        var type = PictureKind.MediaTypeOf(file) ?? "audio/amr";
        return new ApiAnswer(file, type) { FileName = $"{id}.{type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace("jpeg", "jpg", StringComparison.Ordinal)}" };
    }

    private static void CheckMethod(ApiRequest request, string method)
    {
        if (request.Http.Method != method) throw new ApiErrorException(method == "GET" ? 43001 : 43002);
    }
}
