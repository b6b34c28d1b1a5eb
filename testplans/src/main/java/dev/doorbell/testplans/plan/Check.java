package dev.doorbell.testplans.plan;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A comparison with one or several values: {@code 5}, {@code != 0}, {@code >= 3}, {@code in 1..4}, {@code in [1, 2]}.
 * Numbers are compared as numbers when both sides are some, as text otherwise.
 *
 * @param op the comparison
 * @param operands one; two for a range; any number for a list
 */
public record Check(Op op, List<Value> operands, SourceLine at) {
    /** The comparisons, each with the sign it is written with. */
    public enum Op {
        EQUAL("=="),
        NOT_EQUAL("!="),
        AT_LEAST(">="),
        AT_MOST("<="),
        MORE(">"),
        LESS("<"),
        BITS_SET("has"),
        RANGE("in"),
        ONE_OF("in");

        private final String sign;

        Op(String sign) {
            this.sign = sign;
        }

        public String sign() {
            return sign;
        }
    }

    public Check {
        operands = List.copyOf(operands);
    }

    /** Reads {@code != 0} and its kind; a bare value means equal. */
    static Check parse(Value value) {
        String text = value.text().strip();
        for (Op op : List.of(Op.EQUAL, Op.NOT_EQUAL, Op.AT_LEAST, Op.AT_MOST, Op.MORE, Op.LESS)) {
            if (text.startsWith(op.sign)) {
                return new Check(op, List.of(operand(text.substring(op.sign.length()), value)), value.at());
            }
        }
        if (text.startsWith("has ")) {
            return new Check(Op.BITS_SET, List.of(operand(text.substring(4), value)), value.at());
        }
        if (!text.startsWith("in ")) {
            return new Check(Op.EQUAL, List.of(value), value.at());
        }
        String set = text.substring(3).strip();
        if (set.startsWith("[") && set.endsWith("]")) {
            List<Value> all = List.of(set.substring(1, set.length() - 1).split(",")).stream()
                    .map(item -> operand(item, value))
                    .toList();
            return new Check(Op.ONE_OF, all, value.at());
        }
        int dots = set.indexOf("..");
        if (dots > 0) {
            List<Value> ends = List.of(operand(set.substring(0, dots), value), operand(set.substring(dots + 2), value));
            return new Check(Op.RANGE, ends, value.at());
        }
        throw new PlanException(value.at(), "'" + text + "' is no set of values; allowed: in 1..4, in [1, 2, 8]");
    }

    private static Value operand(String text, Value whole) {
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            throw new PlanException(whole.at(), "'" + whole.text() + "' lacks the value to compare with");
        }
        boolean quoted = stripped.length() > 1
                && (stripped.startsWith("\"") && stripped.endsWith("\"")
                        || stripped.startsWith("'") && stripped.endsWith("'"));
        return new Value(quoted ? stripped.substring(1, stripped.length() - 1) : stripped, whole.at());
    }

    /** Whether a value that has a number, a text, or both fulfils this. */
    public boolean holds(Optional<BigInteger> number, String text, Scope scope) {
        return switch (op) {
            case EQUAL -> same(operands.get(0), number, text, scope);
            case NOT_EQUAL -> !same(operands.get(0), number, text, scope);
            case ONE_OF -> operands.stream().anyMatch(o -> same(o, number, text, scope));
            case RANGE ->
                compare(number, text, operands.get(0), scope) >= 0
                        && compare(number, text, operands.get(1), scope) <= 0;
            case AT_LEAST -> compare(number, text, operands.get(0), scope) >= 0;
            case AT_MOST -> compare(number, text, operands.get(0), scope) <= 0;
            case MORE -> compare(number, text, operands.get(0), scope) > 0;
            case LESS -> compare(number, text, operands.get(0), scope) < 0;
            case BITS_SET -> {
                BigInteger mask = operands.get(0).number(scope);
                yield numeric(number, text).and(mask).equals(mask);
            }
        };
    }

    /** A whole number. */
    public boolean holds(long number, Scope scope) {
        return holds(Optional.of(BigInteger.valueOf(number)), Long.toString(number), scope);
    }

    /** What is expected, in words that follow "expected". */
    public String describe(Scope scope) {
        List<String> values = operands.stream().map(o -> shown(o.text(scope))).toList();
        return switch (op) {
            case EQUAL -> values.get(0);
            case NOT_EQUAL -> "not " + values.get(0);
            case AT_LEAST -> "at least " + values.get(0);
            case AT_MOST -> "at most " + values.get(0);
            case MORE -> "more than " + values.get(0);
            case LESS -> "less than " + values.get(0);
            case BITS_SET -> "bits " + values.get(0) + " set";
            case RANGE -> values.get(0) + " to " + values.get(1);
            case ONE_OF -> values.stream().collect(Collectors.joining(", ", "one of ", ""));
        };
    }

    private static String shown(String text) {
        return text.isEmpty() ? "empty" : text;
    }

    private static boolean same(Value operand, Optional<BigInteger> number, String text, Scope scope) {
        String wanted = operand.text(scope);
        Optional<BigInteger> wantedNumber = Quantities.amount(wanted);
        if (wantedNumber.isPresent() && number.isPresent()) {
            return wantedNumber.equals(number);
        }
        return wanted.strip().equals(text.strip());
    }

    private int compare(Optional<BigInteger> number, String text, Value operand, Scope scope) {
        return numeric(number, text).compareTo(operand.number(scope));
    }

    private BigInteger numeric(Optional<BigInteger> number, String text) {
        return number.orElseThrow(
                () -> new PlanException(at, "'" + text + "' is text, which can only be compared with == and !="));
    }

    @Override
    public String toString() {
        return switch (op) {
            case RANGE -> "in " + operands.get(0) + ".." + operands.get(1);
            case ONE_OF -> "in " + operands;
            default -> op.sign + " " + operands.get(0);
        };
    }
}
