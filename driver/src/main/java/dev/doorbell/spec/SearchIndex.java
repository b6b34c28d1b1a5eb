package dev.doorbell.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ranked search over a catalogue; built at the first query. */
final class SearchIndex {
    private static final Pattern NUMBERED =
            Pattern.compile("(fid|lid|cns|opc|opcode|cap|reg) +(0x[0-9a-f]+|[0-9a-f]+h|\\d+)");
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]+|[0-9a-f]+h|\\d+");
    private static final Pattern STATUS = Pattern.compile("([0-9a-f]{1,2})/([0-9a-f]{1,2})");

    private record Entry(Hit hit, String name, String title, String text, String prefix, long number) {}

    private final Catalogue catalogue;
    private volatile List<Entry> entries;

    SearchIndex(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    List<Hit> search(String query, int max) {
        String wanted = query.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        if (wanted.isEmpty() || max <= 0) {
            return List.of();
        }
        List<Hit> hits = new ArrayList<>();
        for (Entry entry : entries()) {
            int score = score(entry, wanted);
            if (score > 0) {
                Hit h = entry.hit();
                hits.add(new Hit(h.kind(), h.name(), h.title(), h.detail(), h.item(), score));
            }
        }
        hits.sort(Comparator.comparingInt(Hit::score).reversed().thenComparing(h -> h.kind()));
        return List.copyOf(hits.subList(0, Math.min(max, hits.size())));
    }

    private static int score(Entry e, String wanted) {
        Matcher numbered = NUMBERED.matcher(wanted);
        if (numbered.matches()) {
            String prefix = numbered.group(1).equals("opcode") ? "opc" : numbered.group(1);
            return e.prefix().equals(prefix) && e.number() == number(numbered.group(2)) ? 1200 : 0;
        }
        Matcher status = STATUS.matcher(wanted);
        if (status.matches()) {
            long code = Long.parseLong(status.group(1), 16) << 8 | Long.parseLong(status.group(2), 16);
            return e.prefix().equals("status") && e.number() == code ? 1200 : 0;
        }
        int byNumber = 0;
        if (NUMBER.matcher(wanted).matches() && e.number() >= 0) {
            long number = number(wanted);
            boolean same = e.prefix().equals("status") ? (e.number() & 0xff) == number : e.number() == number;
            byNumber = same ? e.prefix().equals("status") ? 850 : 900 : 0;
        }
        return Math.max(byNumber, byWords(e, wanted));
    }

    private static int byWords(Entry e, String wanted) {
        int depth = (int) e.name().chars().filter(c -> c == '.').count();
        String last = e.name().substring(e.name().lastIndexOf('.') + 1);
        if (e.name().equals(wanted)) {
            return 1000 + (e.hit().kind() == Hit.Kind.FIELD ? 0 : 20);
        }
        if (e.title().equals(wanted)) {
            return 980;
        }
        if (last.equals(wanted)) {
            return 960 - depth;
        }
        if (e.name().startsWith(wanted + ".")) {
            return 940 - depth;
        }
        if (e.name().startsWith(wanted)) {
            return 800 - depth;
        }
        if (last.startsWith(wanted)) {
            return 700 - depth;
        }
        if (e.title().startsWith(wanted)) {
            return 680 - depth;
        }
        int all = 0;
        for (String word : wanted.split(" ")) {
            int at = words(e, word);
            if (at == 0) {
                return 0;
            }
            all += at;
        }
        return all / wanted.split(" ").length - depth;
    }

    private static int words(Entry e, String word) {
        if (startsWord(e.name(), word)) {
            return 620;
        }
        if (startsWord(e.title(), word)) {
            return 600;
        }
        if (e.title().contains(word) || e.name().contains(word)) {
            return 400;
        }
        return word.length() > 2 && startsWord(e.text(), word) ? 200 : 0;
    }

    private static boolean startsWord(String text, String word) {
        for (int at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
            if (at == 0 || !Character.isLetterOrDigit(text.charAt(at - 1))) {
                return true;
            }
        }
        return false;
    }

    private static long number(String text) {
        if (text.startsWith("0x")) {
            return parse(text.substring(2), 16);
        }
        return text.endsWith("h") ? parse(text.substring(0, text.length() - 1), 16) : parse(text, 10);
    }

    private static long parse(String digits, int radix) {
        return digits.length() > 15 ? -2 : Long.parseLong(digits, radix);
    }

    private List<Entry> entries() {
        List<Entry> known = entries;
        if (known == null) {
            known = build();
            entries = known;
        }
        return known;
    }

    private List<Entry> build() {
        List<Entry> all = new ArrayList<>();
        for (RegisterSpec r : catalogue.registers()) {
            add(all, Hit.Kind.REGISTER, r.name(), r.title(), Texts.hex(r.offset(), 2), r, "reg", r.offset(), r.text());
            for (FieldSpec f : r.fields()) {
                fields(all, Hit.Kind.REGISTER_FIELD, r.name() + "." + f.name(), f, r.name() + " " + place(f));
            }
        }
        for (CommandSpec c : catalogue.commands()) {
            String where = c.queue().name().toLowerCase(Locale.ROOT) + " " + Texts.hex(c.opcode(), 2);
            add(all, Hit.Kind.COMMAND, c.name(), c.title(), where, c, "opc", c.opcode(), c.text());
            for (CommandSpec.DwordField f : c.fields()) {
                add(
                        all,
                        Hit.Kind.COMMAND_FIELD,
                        c.name() + "." + f.name(),
                        f.title(),
                        where + " CDW" + f.dword(),
                        f,
                        "",
                        -1,
                        "");
            }
        }
        for (FeatureSpec f : catalogue.features()) {
            add(
                    all,
                    Hit.Kind.FEATURE,
                    f.name(),
                    f.title(),
                    "FID " + Texts.hex(f.fid(), 2),
                    f,
                    "fid",
                    f.fid(),
                    f.text());
        }
        for (LogPageSpec l : catalogue.logPages()) {
            add(
                    all,
                    Hit.Kind.LOG_PAGE,
                    l.name(),
                    l.title(),
                    "LID " + Texts.hex(l.lid(), 2),
                    l,
                    "lid",
                    l.lid(),
                    l.text());
        }
        for (IdentifySpec i : catalogue.identifies()) {
            String where = "CNS " + Texts.hex(i.cns(), 2) + (i.csi() < 0 ? "" : " CSI " + Texts.hex(i.csi(), 2));
            add(all, Hit.Kind.IDENTIFY, i.name(), i.title(), where, i, "cns", i.cns(), i.text());
        }
        for (CapabilitySpec c : catalogue.capabilities()) {
            String where =
                    (c.extended() ? "extended capability " : "capability ") + Texts.hex(c.id(), c.extended() ? 4 : 2);
            add(all, Hit.Kind.CAPABILITY, c.name(), c.title(), where, c, "cap", c.id(), "");
        }
        for (StatusCodes.Status s : catalogue.statusCodes().all()) {
            String where = StatusCodes.type(s.sct());
            add(all, Hit.Kind.STATUS, s.code(), s.name(), where, s, "status", s.sct() << 8 | s.sc(), s.text());
        }
        for (StructureSpec s : catalogue.structures()) {
            add(all, Hit.Kind.STRUCTURE, s.id(), s.title(), Quantity.bytes(s.bytes()), s, "", -1, s.text());
            s.fields().forEach(f -> fields(all, Hit.Kind.FIELD, f.name(), f, s.title() + " " + place(f)));
        }
        return List.copyOf(all);
    }

    private static void fields(List<Entry> all, Hit.Kind kind, String path, FieldSpec f, String where) {
        if (f.reserved()) {
            return;
        }
        add(all, kind, path, f.title(), where, f, "", -1, f.text());
        String structure = kind == Hit.Kind.FIELD && where.lastIndexOf(" byte") > 0
                ? where.substring(0, where.lastIndexOf(" byte"))
                : where;
        f.fields()
                .forEach(child -> fields(all, kind, path + "." + child.name(), child, structure + " " + place(child)));
    }

    private static String place(FieldSpec f) {
        if (f.isBits()) {
            return f.bitLow() == f.bitHigh() ? "bit " + f.bitLow() : "bits " + f.bitHigh() + ":" + f.bitLow();
        }
        int last = f.byteOffset() + f.byteLength() - 1;
        return last <= f.byteOffset() ? "byte " + f.byteOffset() : "bytes " + last + ":" + f.byteOffset();
    }

    private static void add(
            List<Entry> all,
            Hit.Kind kind,
            String name,
            String title,
            String where,
            Object item,
            String prefix,
            long number,
            String text) {
        Hit hit = new Hit(kind, name, title, where, item, 0);
        all.add(new Entry(
                hit,
                name.toLowerCase(Locale.ROOT),
                title.toLowerCase(Locale.ROOT),
                (where + " " + text).toLowerCase(Locale.ROOT),
                prefix,
                number));
    }
}
