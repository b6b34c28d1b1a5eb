package dev.doorbell.testplans.cli;

import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DeviceServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorbell serve}: ends with Ctrl-C or SIGTERM, or when its thread is interrupted; the socket's file is gone then. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Lets other processes use a simulated device, over the vfio-user protocol, until Ctrl-C.")
final class ServeCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;
    private static final long END_MILLIS = 15_000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DEVICE",
            description = "The simulated device: sim: with its options, such as sim:size=4GiB,file=disk.img.")
    private String device;

    @Option(
            names = "--vfio-user",
            required = true,
            paramLabel = "PATH",
            description = "The socket that is made; clients open vfio-user:PATH. Only its owner may connect.")
    private Path socket;

    @Option(names = "--quiet", description = "Do not tell of clients that come and go.")
    private boolean quiet;

    @Mixin
    private FaultOption faults;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        DeviceAddress address = DeviceAddress.parse(device);
        faults.check(address);
        try (DeviceServer server = DeviceServer.open(faults.address(address), socket)) {
            FutureTask<Void> serving = new FutureTask<>(server::run, null);
            Thread ending = new Thread(() -> end(server, serving), "end of serve");
            Runtime.getRuntime().addShutdownHook(ending);
            try {
                Thread.ofPlatform().name("serve").daemon().start(serving);
                out.println("serving " + server.name() + "; open it as " + server.address() + "; Ctrl-C ends");
                tell(server, serving, out);
            } catch (InterruptedException e) {
                end(server, serving);
            } finally {
                forget(ending);
            }
        }
        return ExitCodes.OK;
    }

    /** Until serving has ended: says who comes and goes. */
    private void tell(DeviceServer server, FutureTask<Void> serving, PrintWriter out) throws InterruptedException {
        DeviceServer.Status before = server.status();
        for (; ; ) {
            boolean ended = ended(serving);
            if (ended) {
                return;
            }
            DeviceServer.Status now = server.status();
            if (!quiet && !now.equals(before)) {
                if (before.connected() && (!now.connected() || now.clients() != before.clients())) {
                    out.println("client " + before.clients() + " is gone: " + now.lastEnd());
                }
                if (now.connected() && now.clients() != before.clients()) {
                    out.println("client " + now.clients() + " has connected");
                }
            }
            before = now;
        }
    }

    private static boolean ended(FutureTask<Void> serving) throws InterruptedException {
        try {
            serving.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        }
    }

    /** Lets the native loop return and removes the socket's file; the JVM waits for this when a signal ends it. */
    private static void end(DeviceServer server, FutureTask<Void> serving) {
        try {
            server.stop();
            serving.get(END_MILLIS, TimeUnit.MILLISECONDS);
            server.close();
        } catch (dev.doorbell.driver.Device.ClosedException e) {
            // it had ended by itself
        } catch (ExecutionException e) {
            server.close();
        } catch (TimeoutException | InterruptedException e) {
            System.err.println("doorbell: the server did not end within " + END_MILLIS / 1000 + " s");
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM is ending, and that is what runs it
        }
    }
}
