using System.Net;
using System.Net.Sockets;

namespace DiffusionBot.Testing;

/// <summary>Ports of this machine, for what must know its own before it listens.</summary>
internal static class Ports
{
    /// <summary>One that nothing listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
