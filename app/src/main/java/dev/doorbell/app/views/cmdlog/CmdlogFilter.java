package dev.doorbell.app.views.cmdlog;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Filter expressions of the command log.
 *
 * <pre>
 * q == 1 &amp;&amp; lat &gt; 100us          numbers: # q cid opc nsid lba lat sct sc dw10 … dw15, decimal or 0x
 * q in (0, 1) &amp;&amp; !worker        flags: worker failed done late admin timeout lost
 * status == 02/85               or words of it: status ~ compare
 * name ~ read || lba &lt; 4096     || binds weaker than &amp;&amp;, parentheses group
 * compare                       a bare word looks in name, details and status
 * </pre>
 */
final class CmdlogFilter {
    /** An expression that cannot be understood; the message says where and what is allowed. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1;

        SyntaxException(String message) {
            super(message);
        }
    }

    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:(?<op>&&|\\|\\||==|!=|<=|>=|<|>|~|!|\\(|\\)|,)|\"(?<quoted>[^\"]*)\"|(?<word>[^\\s&|=!<>~(),\"]+))");
    private static final Pattern TIME = Pattern.compile("([0-9.]+)(ns|us|µs|ms|s)?");
    private static final List<String> COMPARISONS = List.of("==", "!=", "<", "<=", ">", ">=");
    private static final Map<String, Double> UNITS = Map.of("ns", 1.0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9);

    private static final Map<String, ToLongFunction<CmdlogRow>> NUMBERS = Map.ofEntries(
            Map.entry("#", CmdlogRow::number),
            Map.entry("q", r -> r.entry().qid()),
            Map.entry("cid", r -> r.entry().cid()),
            Map.entry("opc", r -> r.entry().opcode()),
            Map.entry("nsid", r -> r.entry().nsid() & 0xffff_ffffL),
            Map.entry("lba", CmdlogRow::lba),
            Map.entry("lat", r -> r.entry().latencyNanos()),
            Map.entry("sct", CmdlogRow::sct),
            Map.entry("sc", CmdlogRow::sc),
            Map.entry("dw10", r -> r.entry().dword(10) & 0xffff_ffffL),
            Map.entry("dw11", r -> r.entry().dword(11) & 0xffff_ffffL),
            Map.entry("dw12", r -> r.entry().dword(12) & 0xffff_ffffL),
            Map.entry("dw13", r -> r.entry().dword(13) & 0xffff_ffffL),
            Map.entry("dw14", r -> r.entry().dword(14) & 0xffff_ffffL),
            Map.entry("dw15", r -> r.entry().dword(15) & 0xffff_ffffL));
    private static final Map<String, Predicate<CmdlogRow>> FLAGS = Map.of(
            "worker", CmdlogRow::worker,
            "failed", CmdlogRow::failed,
            "admin", CmdlogRow::admin,
            "done", r -> r.entry().done(),
            "late", r -> r.entry().late(),
            "timeout", r -> r.entry().timedOut(),
            "lost", r -> r.entry().lost());

    private final List<String> tokens = new ArrayList<>();
    private final List<Boolean> quoted = new ArrayList<>();
    private int at;

    private CmdlogFilter(String text) throws SyntaxException {
        Matcher matcher = TOKEN.matcher(text);
        int from = 0;
        while (from < text.length() && !text.substring(from).isBlank()) {
            if (!matcher.find(from) || matcher.start() != from) {
                throw new SyntaxException(
                        "cannot read \"" + text.substring(from).strip() + "\"");
            }
            boolean string = matcher.group("quoted") != null;
            tokens.add(string ? matcher.group("quoted") : matcher.group().strip());
            quoted.add(string);
            from = matcher.end();
        }
    }

    /** What the expression lets through; an empty one everything. */
    static Predicate<CmdlogRow> parse(String text) throws SyntaxException {
        CmdlogFilter filter = new CmdlogFilter(text);
        if (filter.tokens.isEmpty()) {
            return row -> true;
        }
        Predicate<CmdlogRow> parsed = filter.or();
        if (!filter.ended()) {
            throw new SyntaxException("\"" + filter.peek() + "\" is not expected there; join terms with && or ||");
        }
        return parsed;
    }

    private Predicate<CmdlogRow> or() throws SyntaxException {
        Predicate<CmdlogRow> left = and();
        while (accept("||")) {
            left = left.or(and());
        }
        return left;
    }

    private Predicate<CmdlogRow> and() throws SyntaxException {
        Predicate<CmdlogRow> left = not();
        while (accept("&&") || !ended() && !is("||") && !is(")")) {
            left = left.and(not());
        }
        return left;
    }

    private Predicate<CmdlogRow> not() throws SyntaxException {
        if (accept("!")) {
            return not().negate();
        }
        if (accept("(")) {
            Predicate<CmdlogRow> inner = or();
            expect(")");
            return inner;
        }
        return term();
    }

    private Predicate<CmdlogRow> term() throws SyntaxException {
        boolean string = !ended() && quoted.get(at);
        String word = take("a field or a word");
        String field = word.toLowerCase(Locale.ROOT);
        if (!string && !ended()) {
            if (NUMBERS.containsKey(field) && (COMPARISONS.contains(peek()) || is("in"))) {
                return number(field, NUMBERS.get(field));
            }
            if (field.equals("name") || field.equals("details") || field.equals("status")) {
                if (COMPARISONS.contains(peek()) || is("~")) {
                    return text(field, take(""));
                }
            } else if (COMPARISONS.contains(peek()) || is("~") || is("in")) {
                throw new SyntaxException("there is no field \"" + word
                        + "\"; there are # q cid opc nsid lba lat sct sc dw10…dw15 name details status");
            }
        }
        if (!string && FLAGS.containsKey(field)) {
            return FLAGS.get(field);
        }
        if (COMPARISONS.contains(field) || List.of("~", ",", ")", "&&", "||").contains(field)) {
            throw new SyntaxException("\"" + word + "\" needs a field before it");
        }
        return row -> contains(row.name(), field) || contains(row.details(), field) || contains(row.status(), field);
    }

    private Predicate<CmdlogRow> number(String field, ToLongFunction<CmdlogRow> value) throws SyntaxException {
        if (accept("in")) {
            expect("(");
            List<Long> allowed = new ArrayList<>();
            do {
                allowed.add(literal(field));
            } while (accept(","));
            expect(")");
            return row -> allowed.contains(value.applyAsLong(row));
        }
        String operator = take("");
        long wanted = literal(field);
        Predicate<CmdlogRow> compare = row -> compare(operator, Long.compareUnsigned(value.applyAsLong(row), wanted));
        // An outstanding command has no latency yet.
        return field.equals("lat") ? compare.and(row -> row.entry().done()) : compare;
    }

    private Predicate<CmdlogRow> text(String field, String operator) throws SyntaxException {
        String wanted = take("a word").toLowerCase(Locale.ROOT);
        Predicate<CmdlogRow> found = row -> switch (field) {
            case "name" -> matches(row.name(), operator, wanted);
            case "details" -> matches(row.details(), operator, wanted);
            default ->
                matches(row.status(), operator, wanted)
                        || row.entry().done()
                                && "%02x/%02x".formatted(row.sct(), row.sc()).equals(wanted);
        };
        return switch (operator) {
            case "==", "~" -> found;
            case "!=" -> found.negate();
            default -> throw new SyntaxException(field + " can be compared with ==, != and ~");
        };
    }

    private static boolean matches(String text, String operator, String wanted) {
        return operator.equals("~") ? contains(text, wanted) : text.equalsIgnoreCase(wanted);
    }

    private static boolean compare(String operator, int order) {
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    private long literal(String field) throws SyntaxException {
        String word = take("a number");
        try {
            if (field.equals("lat")) {
                Matcher time = TIME.matcher(word);
                if (!time.matches()) {
                    throw new SyntaxException("\"" + word + "\" is not a time; write 100us, 1.5ms or 2s");
                }
                return Math.round(
                        Double.parseDouble(time.group(1)) * UNITS.get(time.group(2) == null ? "ns" : time.group(2)));
            }
            return word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseLong(word);
        } catch (NumberFormatException e) {
            throw new SyntaxException("\"" + word + "\" is not a number; write 12 or 0x0c");
        }
    }

    private static boolean contains(String text, String lowerCase) {
        return text.toLowerCase(Locale.ROOT).contains(lowerCase);
    }

    private boolean ended() {
        return at >= tokens.size();
    }

    private String peek() {
        return tokens.get(at);
    }

    private boolean is(String token) {
        return !ended() && !quoted.get(at) && peek().equals(token);
    }

    private boolean accept(String token) {
        if (is(token)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String token) throws SyntaxException {
        if (!accept(token)) {
            throw new SyntaxException("\"" + token + "\" is missing");
        }
    }

    private String take(String what) throws SyntaxException {
        if (ended()) {
            throw new SyntaxException(what + " is missing at the end");
        }
        return tokens.get(at++);
    }
}
