using System.Xml.Linq;
using DiffusionBot.Generation.Storage;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace DiffusionBot.Web.Visitors;

/// <summary>Keeps the keys that sign cookies where pictures are kept: restarts and several hosts share them.</summary>
internal sealed class KeyFiles(IFileStore files) : IXmlRepository
{
    private const string Folder = "keys";

    // The interface knows no async; keys are read at the start and then once a day.
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAllAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) =>
        files.WriteAsync($"{Folder}/{friendlyName}.xml", System.Text.Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting))).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ReadAllAsync()
    {
        var keys = new List<XElement>();
        await foreach (var (name, _, _) in files.ListAsync(Folder))
        {
            if (await files.ReadAsync(name) is not { } bytes) continue;
            using var stream = new MemoryStream(bytes);
            keys.Add(await XElement.LoadAsync(stream, LoadOptions.None, CancellationToken.None));
        }
        return keys;
    }
}
