using System.Text.RegularExpressions;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// Reads prompts as WebUI's grammar does: text is text; round brackets hold a prompt, or two with a colon between; square ones a prompt, an edit or an alternation. At the top
/// level brackets and colons may stand alone. Linear in the prompt's length: what was tried at a place once is not tried again.
/// </summary>
internal sealed partial class PromptParser(string prompt)
{
    /// <summary>Brackets within brackets that are followed; deeper ones stand alone.</summary>
    private const int Deepest = 100;

    private readonly Dictionary<int, (PromptTree Tree, int End)?> groups = [];

    /// <summary>Null: it cannot be read.</summary>
    public PromptTree? Parse()
    {
        var parts = new List<PromptTree>();
        for (var at = 0; at < prompt.Length;)
        {
            var (tree, end) = Prompt(at, 0);
            parts.Add(tree);
            at = end;
            if (at == prompt.Length) break;
            if (prompt[at] is not ('[' or ']' or '(' or ')' or ':')) return null;
            parts.Add(new PromptTree.Plain(prompt[at..(at + 1)]));
            at++;
        }
        return new PromptTree.Sequence(parts);
    }

    /// <summary>As much as is a prompt by itself; may be nothing.</summary>
    private (PromptTree Tree, int End) Prompt(int at, int depth)
    {
        var parts = new List<PromptTree>();
        while (at < prompt.Length)
        {
            var end = PlainEnd(at);
            PromptTree part = new PromptTree.Plain(prompt[at..end]);
            if (end == at)
            {
                if (Group(at, depth) is not var (group, behind)) break;
                (part, end) = (group, behind);
            }
            parts.Add(part);
            at = end;
        }
        return (new PromptTree.Sequence(parts), at);
    }

    /// <summary>Where text ends that begins here: at a bracket, a colon or a bar that has no backslash before it.</summary>
    private int PlainEnd(int at)
    {
        while (at < prompt.Length && prompt[at] is not ('[' or ']' or '(' or ')' or ':' or '|'))
        {
            if (prompt[at] == '\\')
            {
                if (at + 1 == prompt.Length || prompt[at + 1] == '\n') break;
                at++;
            }
            at++;
        }
        return at;
    }

    private (PromptTree Tree, int End)? Group(int at, int depth)
    {
        if (prompt[at] is not ('(' or '[') || depth == Deepest) return null;
        if (groups.TryGetValue(at, out var known)) return known;
        return groups[at] = prompt[at] == '(' ? Round(at, depth + 1) : Square(at, depth + 1);
    }

    /// <summary>(a), (a:1.2): emphasis, which is read elsewhere.</summary>
    private (PromptTree Tree, int End)? Round(int at, int depth)
    {
        var (first, end) = Prompt(at + 1, depth);
        if (At(end) == ')') return (Within('(', ')', first), end + 1);
        if (At(end) != ':') return null;
        var (second, close) = Prompt(end + 1, depth);
        return At(close) == ')' ? (Within('(', ')', first, new PromptTree.Plain(":"), second), close + 1) : null;
    }

    private (PromptTree Tree, int End)? Square(int at, int depth)
    {
        var (first, end) = Prompt(at + 1, depth);
        switch (At(end))
        {
            case ']': return (Within('[', ']', first), end + 1);
            case '|': return Alternation(first, end, depth);
            case ':': break;
            default: return null;
        }
        if (When(end + 1) is var (alone, behind)) return (new PromptTree.Edit(PromptTree.Sequence.Empty, first, alone), behind);
        var (second, colon) = Prompt(end + 1, depth);
        return At(colon) == ':' && When(colon + 1) is var (when, close) ? (new PromptTree.Edit(first, second, when), close) : null;
    }

    private (PromptTree Tree, int End)? Alternation(PromptTree first, int bar, int depth)
    {
        var choices = new List<PromptTree> { first };
        while (At(bar) == '|')
        {
            var (next, end) = Prompt(bar + 1, depth);
            choices.Add(next);
            bar = end;
        }
        return At(bar) == ']' ? (new PromptTree.Alternation(choices), bar + 1) : null;
    }

    /// <summary>A number, with spaces around it, and the bracket that closes; where it goes on behind.</summary>
    private (string When, int End)? When(int at)
    {
        foreach (var match in Number().EnumerateMatches(prompt, at))
        {
            if (match.Index != at) return null;
            return (prompt.AsSpan(at, match.Length - 1).Trim().ToString(), at + match.Length);
        }
        return null;
    }

    private char At(int at) => at < prompt.Length ? prompt[at] : '\0';

    private static PromptTree.Sequence Within(char open, char close, params ReadOnlySpan<PromptTree> parts) =>
        new([new PromptTree.Plain(open.ToString()), .. parts, new PromptTree.Plain(close.ToString())]);

    [GeneratedRegex(@"\G\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*\]", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
