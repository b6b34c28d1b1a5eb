package dev.doorbell.plugin;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;

/** The texts of one folder: {@code texts.properties} beside the class that asks. */
public final class Texts {
    private final ResourceBundle bundle;
    private final Locale locale;

    private Texts(ResourceBundle bundle, Locale locale) {
        this.bundle = bundle;
        this.locale = locale;
    }

    /**
     * The bundle in the package of {@code owner}.
     *
     * @throws MissingResourceException if there is none
     */
    public static Texts of(Class<?> owner) {
        var locale = Locale.ENGLISH;
        var bundle = ResourceBundle.getBundle(owner.getPackageName() + ".texts", locale, owner.getClassLoader());
        return new Texts(bundle, locale);
    }

    /** The text, with {@code {0}}, {@code {1}} … replaced; the key itself in angle brackets if it is missing. */
    public String get(String key, Object... values) {
        if (!bundle.containsKey(key)) {
            return "<" + key + ">";
        }
        var text = bundle.getString(key);
        return values.length == 0 ? text : new MessageFormat(text, locale).format(values);
    }

    public boolean has(String key) {
        return bundle.containsKey(key);
    }
}
