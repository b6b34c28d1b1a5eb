package dev.doorbell.testplans.plan;

import java.math.BigInteger;
import java.util.Optional;

/**
 * The arithmetic inside {@code ${…}}: {@code + - * / % << >> & |}, brackets, numbers and names. Unsigned device values
 * fit as they are never truncated.
 */
final class Arithmetic {
    private final String text;
    private final Scope scope;
    private int at;

    private Arithmetic(String text, Scope scope) {
        this.text = text;
        this.scope = scope;
    }

    /** The value, or {@link IllegalArgumentException} whose message says what is wrong. */
    static BigInteger evaluate(String text, Scope scope) {
        Arithmetic a = new Arithmetic(text, scope);
        BigInteger value = a.bits();
        if (a.at < a.text.length()) {
            throw new IllegalArgumentException(
                    "'" + text + "' has something unexpected at '" + a.text.substring(a.at) + "'");
        }
        return value;
    }

    private BigInteger bits() {
        BigInteger value = shifts();
        while (true) {
            if (take("&")) {
                value = value.and(shifts());
            } else if (take("|")) {
                value = value.or(shifts());
            } else {
                return value;
            }
        }
    }

    private BigInteger shifts() {
        BigInteger value = sum();
        while (true) {
            if (take("<<")) {
                value = value.shiftLeft(sum().intValueExact());
            } else if (take(">>")) {
                value = value.shiftRight(sum().intValueExact());
            } else {
                return value;
            }
        }
    }

    private BigInteger sum() {
        BigInteger value = product();
        while (true) {
            if (take("+")) {
                value = value.add(product());
            } else if (take("-")) {
                value = value.subtract(product());
            } else {
                return value;
            }
        }
    }

    private BigInteger product() {
        BigInteger value = atom();
        while (true) {
            if (take("*")) {
                value = value.multiply(atom());
            } else if (take("/")) {
                value = value.divide(nonZero(atom()));
            } else if (take("%")) {
                value = value.mod(nonZero(atom()));
            } else {
                return value;
            }
        }
    }

    private BigInteger nonZero(BigInteger divisor) {
        if (divisor.signum() == 0) {
            throw new IllegalArgumentException("'" + text + "' divides by zero");
        }
        return divisor;
    }

    private BigInteger atom() {
        if (take("(")) {
            BigInteger value = bits();
            if (!take(")")) {
                throw new IllegalArgumentException("'" + text + "' lacks a closing bracket");
            }
            return value;
        }
        if (take("-")) {
            return atom().negate();
        }
        skipSpace();
        int from = at;
        while (at < text.length() && isWord(text.charAt(at))) {
            at++;
        }
        String word = text.substring(from, at);
        if (word.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' ends where a number or a name should stand");
        }
        Optional<BigInteger> number = Quantities.amount(word);
        return number.orElseGet(() -> named(word));
    }

    private BigInteger named(String name) {
        String value = scope.lookup(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + name + "' is not known here: a parameter, a saved value, or a fact of the device"));
        return Quantities.amount(value)
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is \"" + value + "\", not a number"));
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '_' || c == '[' || c == ']';
    }

    private boolean take(String operator) {
        skipSpace();
        if (!text.startsWith(operator, at)) {
            return false;
        }
        at += operator.length();
        return true;
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }
}
