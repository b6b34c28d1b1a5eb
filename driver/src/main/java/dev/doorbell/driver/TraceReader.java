package dev.doorbell.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads traces: the text of {@code blkparse}, fio's iolog of versions 2 and 3, and CSV with the columns seconds or nanoseconds, operation,
 * LBA, LBA count. Which one it is, the first lines tell.
 */
public final class TraceReader {
    /** A trace cannot be read; the message says which line is wrong, and why. */
    public static final class FormatException extends DoorbellException {
        FormatException(String message) {
            super(message);
        }
    }

    private static final int SECTOR = 512;
    private static final double NANOS = 1e9;
    private static final int LBA_COUNT_MAX = 65536;

    private final String name;
    private final int lbaBytes;
    private final List<Trace.Entry> entries = new ArrayList<>();
    private int line;
    private Line format;
    private long clock;

    /** One line of one format. */
    private interface Line {
        void read(String text);
    }

    private TraceReader(String name, int lbaBytes) {
        this.name = name;
        this.lbaBytes = lbaBytes;
    }

    /**
     * Reads a file.
     *
     * @param lbaBytes LBA size of the namespace that it is for, as most formats count in bytes or sectors of 512 bytes
     */
    public static Trace read(Path file, int lbaBytes) {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return new TraceReader(file.toString(), lbaBytes).read(reader);
        } catch (MalformedInputException e) {
            throw new FormatException(
                    file + ": is not text; traces are read as blkparse prints them, not as blktrace" + " writes them");
        } catch (IOException e) {
            throw new FormatException(file + ": cannot be read: " + e);
        }
    }

    /** Reads text; {@code name} stands for it in messages. */
    public static Trace parse(String name, String text, int lbaBytes) {
        try (BufferedReader reader = new BufferedReader(new java.io.StringReader(text))) {
            return new TraceReader(name, lbaBytes).read(reader);
        } catch (IOException e) {
            throw new FormatException(name + ": cannot be read: " + e);
        }
    }

    private Trace read(BufferedReader reader) throws IOException {
        for (String text = reader.readLine(); text != null; text = reader.readLine()) {
            line++;
            String stripped = text.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            if (format == null) {
                format = formatOf(stripped);
                if (line > 0 && isHeader(stripped)) {
                    continue;
                }
            }
            format.read(stripped);
        }
        if (entries.isEmpty()) {
            throw new FormatException(
                    name + ": has no I/O in it; expected are the text of blkparse, an iolog of fio, or"
                            + " CSV with time, operation, LBA, LBA count");
        }
        return Trace.of(entries);
    }

    private static boolean isHeader(String text) {
        return text.startsWith("fio version") || text.contains(",") && !Character.isDigit(text.charAt(0));
    }

    private Line formatOf(String text) {
        if (text.startsWith("fio version")) {
            String version = text.split("\\s+")[2];
            return switch (version) {
                case "2" -> this::iolog2;
                case "3" -> this::iolog3;
                default -> throw wrong("version " + version + " of fio's iolog; known are 2 and 3");
            };
        }
        if (text.contains(",") && !text.matches("^\\d+,\\d+\\s.*")) {
            boolean nanos = text.toLowerCase(Locale.ROOT).contains("nano");
            return l -> csv(l, nanos);
        }
        return this::blkparse;
    }

    private FormatException wrong(String what) {
        return new FormatException(name + ", line " + line + ": " + what);
    }

    private double number(String text, String what) {
        try {
            double value = Double.parseDouble(text.strip());
            if (value >= 0 && value < 1e18) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("'" + text.strip() + "' is no " + what);
    }

    private long whole(String text, String what) {
        try {
            long value = Long.decode(text.strip());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw wrong("'" + text.strip() + "' is no " + what);
    }

    private void add(long nanos, int opcode, long byteOffset, long bytes) {
        long first = byteOffset / lbaBytes;
        long count = Math.ceilDiv(byteOffset + bytes, lbaBytes) - first;
        addLbas(nanos, opcode, first, count);
    }

    private void addLbas(long nanos, int opcode, long first, long count) {
        if (opcode == IoOperation.FLUSH) {
            entries.add(new Trace.Entry(nanos, opcode, 0, 0));
            return;
        }
        if (count == 0) {
            throw wrong("an I/O of 0 bytes");
        }
        // What is longer than a command can be goes in several, at the same time.
        for (long at = first; count > 0; at += LBA_COUNT_MAX, count -= LBA_COUNT_MAX) {
            entries.add(new Trace.Entry(nanos, opcode, at, (int) Math.min(count, LBA_COUNT_MAX)));
        }
    }

    private static Optional<Integer> opcode(String word) {
        return Optional.ofNullable(
                switch (word.strip().toLowerCase(Locale.ROOT).replaceAll("[ _-]", "")) {
                    case "read", "r" -> IoOperation.READ;
                    case "write", "w" -> IoOperation.WRITE;
                    case "trim", "discard", "dsm", "t", "d" -> IoOperation.TRIM;
                    case "flush", "sync", "datasync", "f" -> IoOperation.FLUSH;
                    case "writezeroes", "writezeros" -> IoOperation.WRITE_ZEROES;
                    case "writeuncorrectable" -> IoOperation.WRITE_UNCORRECTABLE;
                    case "compare" -> IoOperation.COMPARE;
                    case "verify" -> IoOperation.VERIFY;
                    default -> null;
                });
    }

    /** time, operation or opcode, LBA, LBA count. */
    private void csv(String text, boolean nanos) {
        String[] f = text.split(",");
        if (f.length < 4) {
            throw wrong("has " + f.length + " columns; expected are time, operation, LBA, LBA count");
        }
        double time = number(f[0], "time");
        int opcode = opcode(f[1]).orElseGet(() -> (int) whole(f[1], "operation: a name such as read, or an opcode"));
        long count = opcode == IoOperation.FLUSH ? 0 : whole(f[3], "number of LBAs");
        addLbas(nanos ? (long) time : Math.round(time * NANOS), opcode, whole(f[2], "LBA"), count);
    }

    /** filename action offset length; "wait" takes microseconds. */
    private void iolog2(String text) {
        String[] f = text.split("\\s+");
        if (f.length >= 3 && f[1].equals("wait")) {
            clock += whole(f[2], "time in microseconds") * 1000;
        } else {
            ioOfLog(f, 0, clock);
        }
    }

    /** milliseconds filename action offset length. */
    private void iolog3(String text) {
        String[] f = text.split("\\s+");
        ioOfLog(f, 1, Math.round(number(f[0], "time in milliseconds") * 1e6));
    }

    private void ioOfLog(String[] f, int at, long nanos) {
        if (f.length < at + 2) {
            throw wrong("is no action of an iolog");
        }
        String action = f[at + 1];
        if (action.equals("add") || action.equals("open") || action.equals("close")) {
            return;
        }
        int opcode = opcode(action).orElseThrow(() -> wrong("'" + action + "' is no action of an iolog"));
        if (opcode == IoOperation.FLUSH) {
            add(nanos, opcode, 0, 0);
        } else if (f.length < at + 4) {
            throw wrong("lacks offset and length");
        } else {
            add(nanos, opcode, whole(f[at + 2], "offset"), whole(f[at + 3], "length"));
        }
    }

    /** device cpu sequence seconds pid action kinds sector + sectors; what was issued to the device counts. */
    private void blkparse(String text) {
        String[] f = text.split("\\s+");
        if (f.length < 7 || !f[0].matches("\\d+,\\d+")) {
            if (entries.isEmpty() && line == 1) {
                throw wrong("is neither blkparse's text, nor an iolog of fio, nor CSV");
            }
            // The summary behind the events.
            return;
        }
        if (!f[5].equals("D")) {
            return;
        }
        long nanos = Math.round(number(f[3], "time in seconds") * NANOS);
        String kinds = f[6];
        if (f.length < 10 || !f[8].equals("+")) {
            if (kinds.startsWith("F")) {
                add(nanos, IoOperation.FLUSH, 0, 0);
            }
            return;
        }
        int opcode = kinds.contains("D")
                ? IoOperation.TRIM
                : kinds.contains("W") ? IoOperation.WRITE : kinds.contains("R") ? IoOperation.READ : -1;
        long sectors = whole(f[9], "number of sectors");
        if (opcode >= 0 && sectors > 0) {
            add(nanos, opcode, whole(f[7], "sector") * SECTOR, sectors * SECTOR);
        } else if (kinds.startsWith("F")) {
            add(nanos, IoOperation.FLUSH, 0, 0);
        }
    }
}
