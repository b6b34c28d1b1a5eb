package dev.doorbell.testplans.cli;

import dev.doorbell.driver.TcpTarget;
import java.io.PrintWriter;

/** Simulated devices behind an NVMe/TCP port. */
final class TcpService implements Service {
    private final TcpTarget target;
    private TcpTarget.Status before;

    TcpService(TcpTarget target) {
        this.target = target;
        this.before = target.status();
    }

    @Override
    public void run() {
        target.run();
    }

    @Override
    public void stop() {
        target.stop();
    }

    @Override
    public void announce(PrintWriter out, PrintWriter err) {
        if (target.isExposed()) {
            err.println("doorbell: warning: other machines can connect to " + String.join(", ", target.listening())
                    + ", and there is no authentication: whoever does can read and write these devices");
        }
        target.addresses().forEach(address -> out.println("serving " + address));
        out.println("listening at " + String.join(", ", target.listening()) + "; Ctrl-C ends");
        out.flush();
    }

    @Override
    public void tell(PrintWriter out) {
        TcpTarget.Status now = target.status();
        if (now.associations() < before.associations() || now.hosts() - before.hosts() > now.associations()) {
            out.println("a host is gone: " + now.lastEnd());
        }
        if (now.hosts() != before.hosts()) {
            out.println("host " + now.hosts() + " has connected");
        }
        before = now;
    }

    @Override
    public void close() {
        target.close();
    }
}
