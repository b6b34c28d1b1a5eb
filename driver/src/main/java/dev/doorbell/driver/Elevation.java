package dev.doorbell.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Carries out what takes root. Only the few lines of a {@link Binding.Plan} run as root, never this program.
 */
public enum Elevation {
    /** This program is root already. */
    NONE,
    /** Through sudo, which asks on the terminal. */
    SUDO,
    /** Through polkit's pkexec, which asks in a window. */
    PKEXEC;

    /** There is no way to become root here; the message has the commands that an administrator can run. */
    public static final class MissingException extends DoorbellException {
        MissingException(String message) {
            super(message);
        }
    }

    /** It was refused, or a step failed; the message has what was said about it. */
    public static final class FailedException extends DoorbellException {
        FailedException(String message) {
            super(message);
        }
    }

    /** The way to become root for a program with a terminal, or with a window; empty if nothing is installed. */
    public static Optional<Elevation> available(boolean terminal) {
        return available(terminal, userId() == 0, System.getenv().getOrDefault("PATH", ""));
    }

    static Optional<Elevation> available(boolean terminal, boolean root, String searchPath) {
        if (root) {
            return Optional.of(NONE);
        }
        for (Elevation each : terminal ? List.of(SUDO, PKEXEC) : List.of(PKEXEC)) {
            for (String folder : searchPath.split(":")) {
                if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, each.program()))) {
                    return Optional.of(each);
                }
            }
        }
        return Optional.empty();
    }

    private String program() {
        return this == SUDO ? "sudo" : "pkexec";
    }

    /** The user's number, 0 for root; that of the one who called sudo or pkexec where root runs for somebody. */
    public static int callingUser() {
        int own = userId();
        for (String name : own == 0 ? List.of("SUDO_UID", "PKEXEC_UID") : List.<String>of()) {
            String id = System.getenv(name);
            if (id != null && id.matches("\\d{1,9}")) {
                return Integer.parseInt(id);
            }
        }
        return own;
    }

    private static int userId() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return -1;
        }
    }

    /**
     * Runs a plan and waits for it; not on a thread that must not wait, as somebody may be asked for a password.
     *
     * @throws FailedException if it was refused or a step failed
     */
    public void run(Binding.Plan plan) {
        if (plan.steps().isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>();
        if (this != NONE) {
            command.add(program());
        }
        command.addAll(List.of("/bin/sh", "-c", plan.shell()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = process.waitFor();
            if (status != 0) {
                throw new FailedException(text(plan, status, said));
            }
        } catch (IOException e) {
            throw new FailedException(
                    plan.title() + ": " + command.getFirst() + " could not be run: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException(plan.title() + " was interrupted; look whether it was done");
        }
    }

    /** pkexec ends with 126 when the user dismissed the question, and 127 when it may not be asked. */
    private String text(Binding.Plan plan, int status, String said) {
        if (this == PKEXEC && status == 126) {
            return plan.title() + ": not done, as it was not allowed";
        }
        String reason = said.isEmpty() ? "it ended with status " + status : said.replaceAll("\\s*\\R\\s*", "; ");
        return plan.title() + " failed: " + reason;
    }

    /** What to say where no way to become root is installed. */
    public static MissingException missing(Binding.Plan plan) {
        return new MissingException(plan.title()
                + " takes root, and neither sudo nor pkexec (package pkexec, or policykit-1) is installed; run as root: ./doorbell "
                + (plan.command() + " " + plan.function()).strip());
    }
}
