package dev.doorbell.spec;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Status codes of completions, by status code type and status code. */
public final class StatusCodes {
    /**
     * One status.
     *
     * @param sct status code type, 0..7
     * @param sc status code, 0..0xff
     * @param name as the standard names it
     * @param text what it says about the command
     * @param ref where it is defined
     */
    public record Status(int sct, int sc, String name, String text, SpecRef ref) {
        /** As people write it: {@code 02/85}. */
        public String code() {
            return String.format(Locale.ROOT, "%02x/%02x", sct, sc);
        }
    }

    private static final List<String> TYPES =
            List.of("Generic", "Command specific", "Media and data integrity", "Path related");

    private final List<Status> all;
    private final Map<Integer, Status> byCode = new HashMap<>();

    StatusCodes(List<Status> all) {
        this.all = List.copyOf(all);
        all.forEach(s -> byCode.put(s.sct() << 8 | s.sc(), s));
    }

    /** The status of these codes; unknown ones get a name that says so. */
    public Status of(int sct, int sc) {
        Status known = byCode.get(sct << 8 | sc);
        if (known != null) {
            return known;
        }
        String kind = sct == 7 || sc >= 0xc0 ? "Vendor specific" : "Unknown";
        String name = String.format(Locale.ROOT, "%s status %02x/%02x", kind, sct, sc);
        return new Status(sct, sc, name, "", new SpecRef("NVMe Base 2.0c", "3.3.3.2"));
    }

    /** Every known status, by type and code. */
    public List<Status> all() {
        return all;
    }

    /** The name of a status code type. */
    public static String type(int sct) {
        return sct < TYPES.size() ? TYPES.get(sct) : sct == 7 ? "Vendor specific" : "Reserved";
    }

    /**
     * The status in words, such as {@code Compare Failure}.
     *
     * @param statusField completion dword 3, bits 31:17: status without the phase tag (SC in 7:0, SCT in 10:8)
     */
    public String describe(int statusField) {
        return of(statusField >> 8 & 7, statusField & 0xff).name();
    }
}
