package dev.doorbell.testplans.cli;

import dev.doorbell.driver.DeviceServer;
import java.io.PrintWriter;

/** A simulated device behind a vfio-user socket. */
final class VfioUserService implements Service {
    private final DeviceServer server;
    private DeviceServer.Status before;

    VfioUserService(DeviceServer server) {
        this.server = server;
        this.before = server.status();
    }

    @Override
    public void run() {
        server.run();
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void announce(PrintWriter out, PrintWriter err) {
        out.println("serving " + server.name() + "; open it as " + server.address() + "; Ctrl-C ends");
    }

    @Override
    public void tell(PrintWriter out) {
        DeviceServer.Status now = server.status();
        if (before.connected() && (!now.connected() || now.clients() != before.clients())) {
            out.println("client " + before.clients() + " is gone: " + now.lastEnd());
        }
        if (now.connected() && now.clients() != before.clients()) {
            out.println("client " + now.clients() + " has connected");
        }
        before = now;
    }

    @Override
    public void close() {
        server.close();
    }
}
