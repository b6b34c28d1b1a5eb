package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.Trace;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads traces from text: a line for each I/O with its time in microseconds, command, first LBA and number of LBAs, parted by commas or
 * blanks. Commands are names or opcodes; lines that begin with # do not count, nor does a first line of column names.
 */
final class TraceFile {
    private static final Map<String, Integer> OPERATIONS = Map.ofEntries(
            Map.entry("read", IoOperation.READ),
            Map.entry("r", IoOperation.READ),
            Map.entry("write", IoOperation.WRITE),
            Map.entry("w", IoOperation.WRITE),
            Map.entry("flush", IoOperation.FLUSH),
            Map.entry("f", IoOperation.FLUSH),
            Map.entry("trim", IoOperation.TRIM),
            Map.entry("d", IoOperation.TRIM),
            Map.entry("write-zeroes", IoOperation.WRITE_ZEROES),
            Map.entry("compare", IoOperation.COMPARE),
            Map.entry("verify", IoOperation.VERIFY));

    private TraceFile() {}

    /** @throws IOException with file, line and reason if it cannot be read */
    static Trace read(Path file) throws IOException {
        List<Trace.Entry> entries = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#") && !(entries.isEmpty() && isHead(text))) {
                    entries.add(entry(file, number, text));
                }
            }
        }
        if (entries.isEmpty()) {
            throw new IOException(file + " has no I/O in it");
        }
        return Trace.of(entries);
    }

    private static boolean isHead(String line) {
        return line.split("[\\s,;]+")[0].matches("[A-Za-z_].*");
    }

    private static Trace.Entry entry(Path file, int number, String line) throws IOException {
        String[] words = line.split("[\\s,;]+");
        try {
            int opcode = opcode(words[1]);
            long nanos = Math.round(Double.parseDouble(words[0]) * 1000);
            long lba = words.length > 2 ? Long.decode(words[2]) : 0;
            int count = words.length > 3 ? Integer.decode(words[3]) : 0;
            if (nanos < 0 || lba < 0 || count < 0 || count > 65536 || count == 0 && opcode != IoOperation.FLUSH) {
                throw new IllegalArgumentException("a figure is out of its range");
            }
            return new Trace.Entry(nanos, opcode, lba, count);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IOException(
                    "%s:%d: “%s” is not time in µs, command, first LBA, number of LBAs".formatted(file, number, line),
                    e);
        }
    }

    private static int opcode(String word) {
        Integer known = OPERATIONS.get(word.toLowerCase(Locale.ROOT));
        int opcode = known != null ? known : Integer.decode(word);
        if (opcode < 0 || opcode > 255) {
            throw new IllegalArgumentException(word);
        }
        return opcode;
    }
}
