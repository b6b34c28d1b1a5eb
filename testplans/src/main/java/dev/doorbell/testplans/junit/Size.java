package dev.doorbell.testplans.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How large an injected {@link dev.doorbell.driver.Buffer} is; 4096 bytes without. */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Size {
    /** Bytes. */
    int value();
}
