package dev.doorbell.testplans.cli;

import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.DeviceServer;
import dev.doorbell.driver.TcpTarget;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorbell serve}: ends with Ctrl-C or SIGTERM, or when its thread is interrupted; a socket's file is gone then. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Lets others use simulated devices until Ctrl-C: other processes over the vfio-user protocol, or hosts over NVMe/TCP.",
            "  doorbell serve sim:size=4GiB --vfio-user /tmp/cntrl",
            "  doorbell serve sim:file=a.img sim:file=b.img,serial=B --listen 127.0.0.1:4420"
        })
final class ServeCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 200;
    private static final long END_MILLIS = 15_000;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "DEVICE",
            arity = "1..*",
            description =
                    "The simulated devices: sim: with its options, such as sim:size=4GiB,file=disk.img; with --vfio-user just one.")
    private List<String> devices;

    @Option(
            names = "--vfio-user",
            paramLabel = "PATH",
            description = "The socket that is made; clients open vfio-user:PATH. Only its owner may connect.")
    private Path socket;

    @Option(
            names = "--listen",
            paramLabel = "ADDRESS",
            description =
                    "Be an NVMe/TCP target at this address, as 127.0.0.1:4420 or [::1]:4420; port 0 is any free one. May be repeated.")
    private List<String> listen = List.of();

    @Option(
            names = "--nqn",
            paramLabel = "NQN",
            description =
                    "With --listen: the subsystem's name; repeated, one for each device in turn. Otherwise it follows from the serial number.")
    private List<String> nqns = List.of();

    @Option(
            names = "--referral",
            paramLabel = "ADDRESS",
            description = "With --listen: another discovery service that the discovery log names. May be repeated.")
    private List<String> referrals = List.of();

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "With --listen: record all PDUs in this pcapng file, for Wireshark.")
    private Path trace;

    @Option(names = "--quiet", description = "Do not tell of clients that come and go.")
    private boolean quiet;

    @Mixin
    private FaultOption faults;

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        try (Service service = open()) {
            FutureTask<Void> serving = new FutureTask<>(service::run, null);
            Thread ending = new Thread(() -> end(service, serving), "end of serve");
            Runtime.getRuntime().addShutdownHook(ending);
            try {
                Thread.ofPlatform().name("serve").daemon().start(serving);
                service.announce(out, spec.commandLine().getErr());
                while (!ended(serving)) {
                    if (!quiet) {
                        service.tell(out);
                    }
                }
            } catch (InterruptedException e) {
                end(service, serving);
            } finally {
                forget(ending);
            }
        }
        return ExitCodes.OK;
    }

    private Service open() {
        if ((socket == null) == listen.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "serve needs either --vfio-user PATH or --listen ADDRESS");
        }
        if (socket == null) {
            return new TcpService(TcpTarget.open(target()));
        }
        if (devices.size() > 1 || !nqns.isEmpty() || !referrals.isEmpty() || trace != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--vfio-user serves one device; several, --nqn, --referral and --trace are for --listen");
        }
        DeviceAddress address = DeviceAddress.parse(devices.getFirst());
        faults.check(address);
        return new VfioUserService(DeviceServer.open(faults.address(address), socket));
    }

    private TcpTarget.Options target() {
        if (nqns.size() > devices.size()) {
            throw new ParameterException(
                    spec.commandLine(),
                    nqns.size() + " names for " + devices.size() + " devices; give at most one each");
        }
        List<TcpTarget.Subsystem> subsystems = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            DeviceAddress address = DeviceAddress.parse(devices.get(i));
            faults.check(address);
            Optional<String> nqn = i < nqns.size() ? Optional.of(nqns.get(i)) : Optional.empty();
            subsystems.add(new TcpTarget.Subsystem(faults.address(address), nqn));
        }
        return new TcpTarget.Options(subsystems, listen, referrals, Optional.ofNullable(trace));
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
    private static void end(Service server, FutureTask<Void> serving) {
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
