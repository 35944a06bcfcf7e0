using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace DiffusionBot.Generation.Storage;

/// <summary>What `dotnet ef migrations add` makes its contexts with: no database is opened for that.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteBotContext>
{
    public SqliteBotContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<SqliteBotContext>().UseSqlite("Data Source=:memory:").Options);
}

/// <inheritdoc cref="SqliteDesignTime"/>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresBotContext>
{
    public PostgresBotContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresBotContext>().UseNpgsql("Host=localhost").Options);
}
