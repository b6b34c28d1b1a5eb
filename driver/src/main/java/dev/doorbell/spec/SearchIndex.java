package dev.doorbell.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Ranked search over a catalogue; prepared before or at the first query, then a query only compares text. */
final class SearchIndex {
    private static final Pattern NUMBERED =
            Pattern.compile("(fid|lid|cns|opc|opcode|cap|reg) +(0x[0-9a-f]+|[0-9a-f]+h|\\d+)");
    private static final Pattern NUMBER = Pattern.compile("0x[0-9a-f]+|[0-9a-f]+h|\\d+");
    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final Pattern STATUS = Pattern.compile("([0-9a-f]{1,2})/([0-9a-f]{1,2})");

    /** An item with all that a query looks at in lower case; where and text are what stands around and below it. */
    private record Entry(
            Hit.Kind kind,
            String name,
            String title,
            String where,
            Object item,
            Object owner,
            String path,
            String lowerName,
            String lowerTitle,
            String lowerWhere,
            String lowerText,
            int depth,
            String last,
            String prefix,
            long number) {
        Hit hit(int score) {
            boolean field = item instanceof FieldSpec;
            return new Hit(
                    kind, name, title, field ? where + " " + bits((FieldSpec) item) : where, item, owner, path, score);
        }
    }

    /** A query, taken apart once. Without number prefix and number stand for nothing. */
    private record Query(String text, String dotted, String[] words, String prefix, long number) {
        static Query of(String text) {
            Matcher numbered = NUMBERED.matcher(text);
            if (numbered.matches()) {
                String prefix = numbered.group(1).equals("opcode") ? "opc" : numbered.group(1);
                return new Query(text, text, new String[0], prefix, SearchIndex.number(numbered.group(2)));
            }
            Matcher status = STATUS.matcher(text);
            if (status.matches()) {
                long code = Long.parseLong(status.group(1), 16) << 8 | Long.parseLong(status.group(2), 16);
                return new Query(text, text, new String[0], "status", code);
            }
            long number = NUMBER.matcher(text).matches() ? SearchIndex.number(text) : -1;
            return new Query(text, text + ".", text.split(" "), "", number);
        }
    }

    private record Found(Entry entry, int score) {}

    /** What has an item, where in it, and the same in words. */
    private record Place(Object owner, String path, String where) {}

    private final Catalogue catalogue;
    private volatile List<Entry> entries;

    SearchIndex(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    List<Hit> search(String text, int max) {
        String wanted = SPACES.matcher(text.strip().toLowerCase(Locale.ROOT)).replaceAll(" ");
        if (wanted.isEmpty() || max <= 0) {
            return List.of();
        }
        Query query = Query.of(wanted);
        List<Found> found = new ArrayList<>();
        for (Entry entry : entries()) {
            int score = score(entry, query);
            if (score > 0) {
                found.add(new Found(entry, score));
            }
        }
        found.sort((a, b) -> a.score() != b.score()
                ? b.score() - a.score()
                : a.entry().kind().compareTo(b.entry().kind()));
        List<Hit> hits = new ArrayList<>();
        for (Found f : found.subList(0, Math.min(max, found.size()))) {
            hits.add(f.entry().hit(f.score()));
        }
        return List.copyOf(hits);
    }

    private static int score(Entry e, Query query) {
        if (!query.prefix().isEmpty()) {
            return e.number() == query.number() && e.prefix().equals(query.prefix()) ? 1200 : 0;
        }
        int byNumber = 0;
        if (query.number() >= 0 && e.number() >= 0) {
            boolean status = e.prefix().equals("status");
            boolean same = (status ? e.number() & 0xff : e.number()) == query.number();
            byNumber = same ? status ? 850 : 900 : 0;
        }
        return Math.max(byNumber, byWords(e, query));
    }

    private static int byWords(Entry e, Query query) {
        String wanted = query.text();
        String name = e.lowerName();
        if (name.equals(wanted)) {
            return 1000 + (e.kind() == Hit.Kind.FIELD ? 0 : 20);
        }
        if (e.lowerTitle().equals(wanted)) {
            return 980;
        }
        if (e.last().equals(wanted)) {
            return 960 - e.depth();
        }
        if (name.startsWith(query.dotted())) {
            return 940 - e.depth();
        }
        if (name.startsWith(wanted)) {
            return 800 - e.depth();
        }
        if (e.last().startsWith(wanted)) {
            return 700 - e.depth();
        }
        if (e.lowerTitle().startsWith(wanted)) {
            return 680 - e.depth();
        }
        int all = 0;
        for (String word : query.words()) {
            int at = words(e, word);
            if (at == 0) {
                return 0;
            }
            all += at;
        }
        return all / query.words().length - e.depth();
    }

    private static int words(Entry e, String word) {
        if (startsWord(e.lowerName(), word)) {
            return 620;
        }
        if (startsWord(e.lowerTitle(), word)) {
            return 600;
        }
        if (e.lowerTitle().contains(word) || e.lowerName().contains(word)) {
            return 400;
        }
        return word.length() > 2 && (startsWord(e.lowerWhere(), word) || startsWord(e.lowerText(), word)) ? 200 : 0;
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

    /** Makes the entries, once. */
    void prepare() {
        entries();
    }

    private List<Entry> entries() {
        List<Entry> known = entries;
        return known != null ? known : make();
    }

    private synchronized List<Entry> make() {
        if (entries == null) {
            entries = build();
        }
        return entries;
    }

    private List<Entry> build() {
        List<Entry> all = new ArrayList<>();
        for (RegisterSpec r : catalogue.registers()) {
            add(all, Hit.Kind.REGISTER, r.name(), r.title(), Texts.hex(r.offset(), 2), r, "reg", r.offset(), r.text());
            for (FieldSpec f : r.fields()) {
                Place place = new Place(r, r.name() + "." + f.name(), r.name());
                fields(all, Hit.Kind.REGISTER_FIELD, f, place, place.path());
            }
        }
        for (CommandSpec c : catalogue.commands()) {
            String where = c.queue().name().toLowerCase(Locale.ROOT) + " " + Texts.hex(c.opcode(), 2);
            add(all, Hit.Kind.COMMAND, c.name(), c.title(), where, c, "opc", c.opcode(), c.text());
            for (CommandSpec.DwordField f : c.fields()) {
                String dword = where + " CDW" + f.dword();
                Place place = new Place(c, f.name(), dword);
                all.add(entry(Hit.Kind.COMMAND_FIELD, c.name() + "." + f.name(), f.title(), f, place, "", -1, ""));
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
            Object owner = owner(s);
            Place place = new Place(owner, "", Quantity.bytes(s.bytes()));
            all.add(entry(Hit.Kind.STRUCTURE, s.id(), s.title(), s, place, "", -1, s.text()));
            s.fields().forEach(f -> fields(all, Hit.Kind.FIELD, f, new Place(owner, f.name(), s.title()), f.name()));
        }
        return List.copyOf(all);
    }

    /** What a device is asked for to get a structure; the structure itself when nothing has it. */
    private Object owner(StructureSpec s) {
        return Stream.of(
                        catalogue.identifies().stream()
                                .filter(i -> i.structures().contains(s)),
                        catalogue.logPages().stream().filter(l -> l.structures().contains(s)),
                        catalogue.features().stream().filter(f -> f.data().contains(s)),
                        catalogue.capabilities().stream()
                                .filter(c -> c.structures().containsValue(s)),
                        catalogue.commands().stream().filter(c -> c.structures().containsValue(s)))
                .flatMap(owners -> owners.map(Object.class::cast))
                .findFirst()
                .orElse(s);
    }

    /** The first element stands for all of a repeated field, as decoded data names it. */
    private static void fields(List<Entry> all, Hit.Kind kind, FieldSpec f, Place place, String name) {
        if (f.reserved()) {
            return;
        }
        all.add(entry(kind, name, f.title(), f, place, "", -1, f.text()));
        String element = f.repeat().equals(FieldSpec.Repeat.ONCE) ? place.path() : place.path() + "[0]";
        for (FieldSpec child : f.fields()) {
            Place below = new Place(place.owner(), element + "." + child.name(), place.where());
            fields(all, kind, child, below, name + "." + child.name());
        }
    }

    private static String bits(FieldSpec f) {
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
        all.add(entry(kind, name, title, item, new Place(item, "", where), prefix, number, text));
    }

    private static Entry entry(
            Hit.Kind kind,
            String name,
            String title,
            Object item,
            Place place,
            String prefix,
            long number,
            String text) {
        String lowerName = lower(name);
        int depth = 0;
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            depth++;
        }
        String last = depth == 0 ? lowerName : lowerName.substring(lowerName.lastIndexOf('.') + 1);
        return new Entry(
                kind,
                name,
                title,
                place.where(),
                item,
                place.owner(),
                place.path(),
                lowerName,
                lower(title),
                lower(place.where()),
                lower(text),
                depth,
                last,
                prefix,
                number);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
