package dev.doorbell.driver;

import java.util.regex.Pattern;

/**
 * Name of a device, the same string everywhere: {@code sim:size=4GiB}, {@code qemu:}, {@code 0000:01:00.0}, {@code tcp://host:4420/nqn},
 * {@code tcp://host:8009} for its discovery service, {@code tcp://host:4420/nqn?hdgst=on&kato=5000},
 * {@code vfio-user:/run/x/cntrl}, {@code /dev/nvme0}, {@code /dev/nvme0?write=on}.
 *
 * @param scheme {@code sim}, {@code qemu}, {@code pcie}, {@code tcp}, {@code vfio-user} or {@code kernel}
 * @param rest what follows the scheme: options, the PCI function with its domain, {@code host:port/nqn} with options, or a path
 */
public record DeviceAddress(String scheme, String rest) {
    private static final Pattern FUNCTION =
            Pattern.compile("(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.[0-7]");

    private static final String FORMS =
            "use sim:, qemu:, a PCI function such as 0000:01:00.0, tcp://host:port/nqn, vfio-user:/path or /dev/nvme0";

    private static final String WRITABLE = "?write=on";

    private static final Pattern WRITE_OPTION = Pattern.compile("\\?(?:.*&)?write=on(?:&|$)");

    /** The text is not an address. */
    public static final class FormatException extends DoorbellException {
        FormatException(String message) {
            super(message);
        }
    }

    /**
     * Reads an address. A PCI function without a domain gets domain 0000; nothing is checked against the machine.
     *
     * @throws FormatException if the text has none of the known forms
     */
    public static DeviceAddress parse(String text) {
        String t = text.strip();
        if (FUNCTION.matcher(t).matches()) {
            return pcie(t);
        }
        if (t.startsWith("/dev/")) {
            return new DeviceAddress("kernel", t);
        }
        if (t.startsWith("tcp://") && t.length() > 6) {
            return new DeviceAddress("tcp", t.substring(6));
        }
        int colon = t.indexOf(':');
        String scheme = colon < 0 ? t : t.substring(0, colon);
        String rest = colon < 0 ? "" : t.substring(colon + 1);
        return switch (scheme) {
            case "sim", "qemu" -> new DeviceAddress(scheme, rest);
            case "pcie" -> {
                if (!FUNCTION.matcher(rest).matches()) {
                    throw new FormatException("\"" + rest + "\" is not a PCI function; write it as 0000:01:00.0");
                }
                yield pcie(rest);
            }
            case "vfio-user" -> {
                if (!rest.startsWith("/")) {
                    throw new FormatException(
                            "vfio-user: needs the full path of a socket, such as vfio-user:/run/x/cntrl");
                }
                yield new DeviceAddress(scheme, rest);
            }
            default -> throw new FormatException("\"" + text + "\" is not a device address; " + FORMS);
        };
    }

    private static DeviceAddress pcie(String function) {
        String full = function.indexOf(':') == function.lastIndexOf(':') ? "0000:" + function : function;
        return new DeviceAddress("pcie", full.toLowerCase(java.util.Locale.ROOT));
    }

    /** The address in its canonical form; {@link #parse} reads it back. */
    public String text() {
        return switch (scheme) {
            case "pcie", "kernel" -> rest;
            case "tcp" -> "tcp://" + rest;
            default -> scheme + ":" + rest;
        };
    }

    /** Whether real data may be behind it: everything but the simulator, QEMU's model and what another process plays. */
    public boolean real() {
        return switch (scheme) {
            case "sim", "qemu", "vfio-user" -> false;
            default -> true;
        };
    }

    /** Whether a shield belongs in front of it until somebody lifts it knowingly: it is real, and not asked for with {@code ?write=on}. */
    public boolean startsShielded() {
        return real() && !WRITE_OPTION.matcher(rest).find();
    }

    /** The same device opened so that writes are allowed: {@code /dev/nvme0?write=on}; others are as they are. */
    public DeviceAddress writable() {
        return scheme.equals("kernel") ? new DeviceAddress(scheme, rest.replaceFirst("\\?.*", "") + WRITABLE) : this;
    }

    @Override
    public String toString() {
        return text();
    }
}
