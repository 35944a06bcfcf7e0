namespace DiffusionBot.Chat.Tests.WeChat.Endpoint;

/// <summary>Counts what is read of bodies, and tells when somebody reads.</summary>
internal sealed class CountingStream
{
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long count;

    public long Count => Interlocked.Read(ref count);

    /// <summary>Somebody reads.</summary>
    public Task BegunAsync => begun.Task.WaitAsync(TestContext.Current.CancellationToken);

    public Stream Over(Stream body) => new Counted(this, body);

    private sealed class Counted(CountingStream sums, Stream body) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var reading = body.ReadAsync(buffer, cancellationToken);
            sums.begun.TrySetResult();
            var read = await reading;
            Interlocked.Add(ref sums.count, read);
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
