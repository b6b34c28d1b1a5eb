package dev.doorbell.testplans.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How deep an injected {@link dev.doorbell.driver.Qpair} is; 64 entries without. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Depth {
    /** Entries, 2 to CAP.MQES + 1. */
    int value();
}
