using System.Text.RegularExpressions;

namespace DiffusionBot.Web.Tests.Support;

/// <summary>Looks into pages.</summary>
internal static class Html
{
    /// <summary>What the first group of a pattern matches; empty where nothing does.</summary>
    public static string Find(string html, string pattern) => Regex.Match(html, pattern, RegexOptions.NonBacktracking).Groups[1].Value;
}
