using System.Reflection;
using System.Runtime.InteropServices;
using System.Xml.Linq;

namespace DiffusionBot.Tests.Architecture;

/// <summary>Holds the layering: the host joins chat and generation, generation uses the engine, the engine uses imaging and ONNX Runtime, and those use nothing of ours.</summary>
public sealed class LayeringTests
{
    /// <summary>Every project of src and all that it may reference of ours.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["DiffusionBot"] = ["DiffusionBot.Chat", "DiffusionBot.Generation", "DiffusionBot.Engine", "DiffusionBot.Imaging"],
        ["DiffusionBot.Chat"] = [],
        ["DiffusionBot.Generation"] = ["DiffusionBot.Engine", "DiffusionBot.Imaging"],
        ["DiffusionBot.Engine"] = ["DiffusionBot.Imaging", "OnnxRuntime"],
        ["DiffusionBot.Imaging"] = [],
        ["OnnxRuntime"] = [],
    };

    private static IEnumerable<string> Projects => Directory.EnumerateFiles(Path.Combine(TestData.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Where(p => !p.Contains("node_modules", StringComparison.Ordinal));

    private static string[] References(string project, string kind) =>
        [.. XDocument.Load(project).Descendants(kind).Select(r => (string)r.Attribute("Include")!)];

    [Fact]
    public void Every_project_is_in_the_layering() =>
        Assert.Equal(Allowed.Keys.Order(StringComparer.Ordinal), Projects.Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal));

    [Fact]
    public void Projects_reference_only_what_lies_below_them()
    {
        foreach (var project in Projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var outside = References(project, "ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Replace('\\', '/'))).Except(Allowed[name]);
            Assert.True(!outside.Any(), $"{name} references {string.Join(", ", outside)}; it may reference {string.Join(", ", Allowed[name])}.");
        }
    }

    [Fact]
    public void A_heavy_package_has_one_home()
    {
        // What a package is for decides where it may be: another project that wants it has to go through its home.
        var homes = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["System.CommandLine"] = ["DiffusionBot"],
            ["Spectre.Console"] = ["DiffusionBot"],
            ["CsvHelper"] = ["DiffusionBot.Generation"],
            ["Quartz"] = ["DiffusionBot.Generation"],
            ["Polly.Core"] = ["DiffusionBot.Chat"],
            ["Microsoft.EntityFrameworkCore.Sqlite"] = ["DiffusionBot.Generation"],
            ["Microsoft.EntityFrameworkCore.Design"] = ["DiffusionBot.Generation"],
            ["Npgsql.EntityFrameworkCore.PostgreSQL"] = ["DiffusionBot.Generation"],
            ["Google.Protobuf"] = ["DiffusionBot.Engine"],
            ["System.Numerics.Tensors"] = ["OnnxRuntime", "DiffusionBot.Engine"],
            ["Microsoft.ML.OnnxRuntime.Gpu"] = ["OnnxRuntime"],
        };
        var used = Projects.SelectMany(p => References(p, "PackageReference").Select(package => (Package: package, Project: Path.GetFileNameWithoutExtension(p)!))).ToList();
        Assert.NotEmpty(used);
        Assert.All(used, u => Assert.True(homes.TryGetValue(u.Package, out var home), $"{u.Project} references {u.Package}, which has no home yet: add it here."));
        Assert.All(used, u => Assert.Contains(u.Project, homes[u.Package]));
    }

    /// <summary>The compiler drops references that nothing uses; what is left is what the code really touches.</summary>
    [Theory]
    [InlineData("DiffusionBot.Imaging", "DiffusionBot.Engine", "Microsoft.ML.OnnxRuntime", "Google.Protobuf")]
    [InlineData("DiffusionBot.Engine", "DiffusionBot", "System.CommandLine", "Spectre.Console")]
    [InlineData("DiffusionBot.Chat", "DiffusionBot", "DiffusionBot.Generation", "DiffusionBot.Engine")]
    [InlineData("DiffusionBot.Generation", "DiffusionBot", "DiffusionBot.Chat", "Microsoft.ML.OnnxRuntime")]
    [InlineData("DiffusionBot", "Microsoft.ML.OnnxRuntime", "Google.Protobuf", "Quartz", "Microsoft.EntityFrameworkCore")]
    public void Compiled_code_touches_nothing_above_it_or_behind_another_projects_door(string assembly, params string[] forbidden) =>
        Assert.Empty(Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name).Intersect(forbidden));

    [Theory]
    [InlineData("DiffusionBot.Imaging")]
    [InlineData("DiffusionBot.Engine")]
    public void Nothing_outside_a_project_sees_its_native_handles(string assembly)
    {
        const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var leaks = Assembly.Load(assembly).GetExportedTypes()
            .SelectMany(type => type.GetMembers(Everything).Where(Visible).SelectMany(member => Signature(member).Where(IsHandle).Select(handle => $"{type.Name}.{member.Name}: {handle}")))
            .ToList();
        Assert.Empty(leaks);
    }

    private static bool Visible(MemberInfo member) => member switch
    {
        MethodBase m => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly,
        FieldInfo f => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly,
        _ => false,   // properties and events are their methods
    };

    private static IEnumerable<Type> Signature(MemberInfo member) => member switch
    {
        MethodInfo m => [m.ReturnType, .. m.GetParameters().Select(p => p.ParameterType)],
        ConstructorInfo c => c.GetParameters().Select(p => p.ParameterType),
        FieldInfo f => [f.FieldType],
        _ => [],
    };

    private static bool IsHandle(Type type) =>
        type.IsPointer || type.IsFunctionPointer || type == typeof(IntPtr) || type == typeof(UIntPtr)
        || typeof(SafeHandle).IsAssignableFrom(type) || type.Namespace == "Microsoft.ML.OnnxRuntime"
        || (type.HasElementType && IsHandle(type.GetElementType()!)) || type.GenericTypeArguments.Any(IsHandle);
}
