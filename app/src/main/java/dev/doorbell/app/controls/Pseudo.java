package dev.doorbell.app.controls;

import javafx.css.PseudoClass;

/** The states that style sheets tell apart beyond JavaFX's own. */
final class Pseudo {
    static final PseudoClass CHANGED = PseudoClass.getPseudoClass("changed");
    static final PseudoClass FOCUS_WITHIN = PseudoClass.getPseudoClass("inner-focus");
    static final PseudoClass SELECTED = PseudoClass.getPseudoClass("selected");
    static final PseudoClass FIRST = PseudoClass.getPseudoClass("first");
    static final PseudoClass LAST = PseudoClass.getPseudoClass("last");
    static final PseudoClass SET = PseudoClass.getPseudoClass("set");
    static final PseudoClass RESERVED = PseudoClass.getPseudoClass("reserved");

    private Pseudo() {}
}
