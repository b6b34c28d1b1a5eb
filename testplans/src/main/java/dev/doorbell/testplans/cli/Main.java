package dev.doorbell.testplans.cli;

import dev.doorbell.driver.DoorbellException;
import dev.doorbell.testplans.plan.PlanException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code doorbell} command line. */
@Command(
        name = "doorbell",
        mixinStandardHelpOptions = true,
        version = "doorbell 0.1.0",
        description = "Tests NVMe devices: explore, send commands, run I/O and test plans.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ListCommand.class,
            DiscoverCommand.class,
            ShowCommand.class,
            SendCommand.class,
            WorkerCommand.class,
            RunCommand.class,
            ServeCommand.class,
            BindCommand.class,
            UnbindCommand.class,
            RemoveCommand.class,
            RescanCommand.class
        },
        footerHeading = "%nDevices:%n",
        footer = {
            "  sim:                the built-in simulated SSD; sim:size=4GiB,lba=4096,ns=2",
            "  qemu:               QEMU's NVMe model, without a guest",
            "  /dev/nvme0          a disk where it is, through the kernel's driver; read-only unless ?write=on follows",
            "  tcp://host:port/NQN a subsystem over NVMe/TCP; without the NQN its discovery service",
            "  vfio-user:/path     a device that another process serves, such as 'doorbell serve'",
            "",
            "Without a command, or with @|bold workbench|@, the window opens; @|bold tour|@ shows every view as pictures; "
                    + "@|bold verify|@ runs Doorbell's own tests.",
            "",
            "Exit codes: 0 well, 1 a test or a command failed, 2 wrong usage, 3 device trouble."
        })
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an error comes from, and log more.")
    private boolean debug;

    /** Runs the command line and ends the process. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "dev/doorbell/testplans/cli/logback.xml");
        if (java.util.Arrays.asList(args).contains("--debug")) {
            System.setProperty("doorbell.log", "DEBUG");
        }
        // The C locale's encoding would turn µ and ✔ into question marks.
        PrintWriter out = utf8(FileDescriptor.out);
        PrintWriter err = utf8(FileDescriptor.err);
        int code = execute(out, err, args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** Runs the command line and gives its exit code; tests call this. */
    static int execute(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine line = new CommandLine(main)
                .setOut(out)
                .setErr(err)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(110)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExitCodeExceptionMapper(Main::exitCode)
                .registerConverter(Amount.class, Amount::parse)
                .registerConverter(java.time.Duration.class, Amount::time);
        line.setExecutionExceptionHandler((e, commandLine, result) -> {
            if (main.debug) {
                e.printStackTrace(err);
            }
            err.println("doorbell: " + text(e));
            return exitCode(e);
        });
        line.setParameterExceptionHandler((e, given) -> {
            err.println("doorbell: " + oneLine(e.getMessage()));
            if (e instanceof UnmatchedArgumentException u) {
                UnmatchedArgumentException.printSuggestions(u, err);
            }
            err.println("Try 'doorbell " + hint(e.getCommandLine()) + "--help'.");
            return ExitCodes.USAGE;
        });
        return line.execute(args);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: list, discover, show, send, worker, run, serve, bind, unbind, remove or rescan");
    }

    private static int exitCode(Throwable e) {
        return switch (e) {
            case ParameterException p -> ExitCodes.USAGE;
            case PlanException p -> ExitCodes.USAGE;
            case dev.doorbell.driver.DeviceAddress.FormatException f -> ExitCodes.USAGE;
            case DoorbellException d -> ExitCodes.DEVICE;
            case UncheckedIOException io -> ExitCodes.USAGE;
            case IllegalArgumentException a -> ExitCodes.USAGE;
            default -> ExitCodes.DEVICE;
        };
    }

    private static String text(Throwable e) {
        if (e instanceof UncheckedIOException io) {
            return io.getCause() instanceof NoSuchFileException missing
                    ? "there is no file " + missing.getFile()
                    : oneLine(String.valueOf(io.getCause().getMessage()));
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return oneLine(message);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private static String hint(CommandLine at) {
        String name = at.getCommandSpec().qualifiedName(" ");
        return name.equals("doorbell") ? "" : name.substring("doorbell ".length()) + " ";
    }

    private static PrintWriter utf8(FileDescriptor to) {
        return new PrintWriter(new FileOutputStream(to), true, StandardCharsets.UTF_8);
    }
}
