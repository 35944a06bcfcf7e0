using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace DiffusionBot.Generation.Storage;

/// <summary>Our tables. Each database has its own migrations and so its own derived context.</summary>
internal abstract class BotContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<StoredRequest> Requests => Set<StoredRequest>();

    public DbSet<StoredPicture> Pictures => Set<StoredPicture>();

    public DbSet<StoredUser> Users => Set<StoredUser>();

    public DbSet<OutboxEntry> Outbox => Set<OutboxEntry>();

    public DbSet<TranscriptEntry> Transcript => Set<TranscriptEntry>();

    public DbSet<StoredFile> Files => Set<StoredFile>();

    public DbSet<StoredSetting> Settings => Set<StoredSetting>();

    public DbSet<StoredNote> Notes => Set<StoredNote>();

    public DbSet<StoredCounter> Counters => Set<StoredCounter>();

    public DbSet<StoredRemoval> Removals => Set<StoredRemoval>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StoredRequest>(request =>
        {
            request.ToTable("Requests").HasKey(r => r.Id);
            request.Property(r => r.Id).ValueGeneratedNever();
            request.HasIndex(r => r.Code).IsUnique();
            request.HasIndex(r => new { r.UserId, r.MessageId }).IsUnique();
            request.HasIndex(r => new { r.State, r.VirtualTime });
            request.HasIndex(r => new { r.UserId, r.CreatedAt });
            request.HasIndex(r => r.CreatedAt);
            request.HasMany(r => r.Pictures).WithOne(p => p.Request).HasForeignKey(p => p.RequestId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<StoredPicture>(picture =>
        {
            picture.ToTable("Pictures").HasKey(p => p.Id);
            picture.Property(p => p.Id).ValueGeneratedNever();
            picture.HasIndex(p => p.Token).IsUnique();
            picture.HasIndex(p => new { p.RequestId, p.Index }).IsUnique();
            picture.HasIndex(p => new { p.IsPublic, p.CreatedAt });
            picture.HasIndex(p => new { p.UserId, p.CreatedAt });
            picture.HasIndex(p => p.CreatedAt);
        });
        modelBuilder.Entity<StoredUser>(user =>
        {
            user.ToTable("Users").HasKey(u => u.Id);
            user.HasIndex(u => u.LastSeenAt);
        });
        modelBuilder.Entity<OutboxEntry>(entry =>
        {
            entry.ToTable("Outbox").HasKey(e => e.Id);
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.HasIndex(e => new { e.State, e.NextAttemptAt });
            entry.HasIndex(e => new { e.UserId, e.State });
            entry.HasOne(e => e.Request).WithMany().HasForeignKey(e => e.RequestId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<TranscriptEntry>(line =>
        {
            line.ToTable("Transcript").HasKey(l => l.Id);
            line.HasIndex(l => new { l.Conversation, l.Key }).IsUnique();
            line.HasIndex(l => new { l.Conversation, l.Id });
            line.HasIndex(l => l.CreatedAt);
        });
        modelBuilder.Entity<StoredFile>().ToTable("Files").HasKey(f => f.Name);
        modelBuilder.Entity<StoredSetting>().ToTable("Settings").HasKey(s => s.Key);
        modelBuilder.Entity<StoredNote>(note =>
        {
            note.ToTable("Notes").HasKey(n => n.Key);
            note.HasIndex(n => n.ExpiresAt);
        });
        modelBuilder.Entity<StoredCounter>().ToTable("Counters").HasKey(c => c.Name);
        modelBuilder.Entity<StoredRemoval>().ToTable("Removals").HasKey(r => r.FileName);
    }

    /// <summary>Databases forget which zone a time is of; ours are all UTC.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        time => DateTime.SpecifyKind(time, DateTimeKind.Utc), time => DateTime.SpecifyKind(time, DateTimeKind.Utc));
}

/// <summary>One file, for one host.</summary>
internal sealed class SqliteBotContext(DbContextOptions<SqliteBotContext> options) : BotContext(options);

/// <summary>A server, for several hosts.</summary>
internal sealed class PostgresBotContext(DbContextOptions<PostgresBotContext> options) : BotContext(options);
