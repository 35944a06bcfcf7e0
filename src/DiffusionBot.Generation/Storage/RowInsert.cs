using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace DiffusionBot.Generation.Storage;

/// <summary>
/// Inserts many rows of a kind by one prepared command, as the model has them: EF's own way costs a millisecond a row while a picture is being drawn on the same cores.
/// </summary>
internal static class RowInsert
{
    /// <param name="db">Within a transaction of its own.</param>
    /// <param name="rows">What they generate by themselves is not read back.</param>
    /// <param name="conflict">What to do about a row that is there already: `ON CONFLICT ...`. Null: fail.</param>
    public static async Task InsertAsync<T>(BotContext db, IReadOnlyCollection<T> rows, string? conflict = null) where T : class
    {
        if (rows.Count == 0) return;
        var type = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} has no table.");
        var table = StoreObjectIdentifier.Create(type, StoreObjectType.Table)!.Value;
        IProperty[] properties = [.. type.GetProperties()];
        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        var columns = string.Join(", ", properties.Select(p => $"\"{p.GetColumnName(table)}\""));
        command.CommandText = $"INSERT INTO \"{table.Name}\" ({columns}) VALUES ({string.Join(", ", properties.Select((_, i) => $"@p{i}"))}) {conflict}";
        var isPrepared = false;
        foreach (var row in rows)
        {
            for (var i = 0; i < properties.Length; i++) Set(command, i, properties[i], properties[i].GetGetter().GetClrValue(row));
            if (!isPrepared) await command.PrepareAsync();
            isPrepared = true;
            await command.ExecuteNonQueryAsync();
        }
    }

    private static void Set(DbCommand command, int index, IProperty property, object? value)
    {
        // The mapping knows how the column keeps it.
        var parameter = property.GetRelationalTypeMapping().CreateParameter(command, $"@p{index}", value, property.IsNullable);
        if (command.Parameters.Count == index) command.Parameters.Add(parameter);
        else command.Parameters[index].Value = parameter.Value;
    }
}
