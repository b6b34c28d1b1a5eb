package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Calls every public method of an object that is closed. */
final class AfterClose {
    private AfterClose() {}

    /** All but {@code harmless} and {@code close} must throw {@link Device.ClosedException}. */
    static void everyCallThrowsClosed(Object object, String... harmless) {
        int called = 0;
        for (Method method : object.getClass().getDeclaredMethods()) {
            int modifiers = method.getModifiers();
            boolean of = Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers) && !method.isSynthetic();
            if (!of || method.getName().equals("close") || List.of(harmless).contains(method.getName())) {
                continue;
            }
            called++;
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = argument(method.getParameterTypes()[i]);
            }
            try {
                method.invoke(object, arguments);
                fail("%s.%s did not throw", object.getClass().getSimpleName(), method.getName());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause())
                        .as("%s.%s", object.getClass().getSimpleName(), method.getName())
                        .isInstanceOf(Device.ClosedException.class)
                        .hasMessageContaining("closed");
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(called).as("methods called").isPositive();
    }

    private static Object argument(Class<?> type) {
        if (type == int.class) {
            return 4;
        }
        if (type == long.class) {
            return 4L;
        }
        if (type == byte.class) {
            return (byte) 4;
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == byte[].class) {
            return new byte[4];
        }
        if (type == int[].class) {
            return new int[5];
        }
        if (type == Command.class) {
            return Command.of(0);
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(1);
        }
        if (type == Consumer.class) {
            return (Consumer<Object>) ignored -> {};
        }
        if (type == Buffer.Pattern.class) {
            return Buffer.Pattern.ones();
        }
        if (type == QpairOptions.class) {
            return new QpairOptions(4, 0, false, OptionalInt.empty(), OptionalInt.empty());
        }
        if (type == Controller.Options.class) {
            return Controller.Options.defaults();
        }
        if (type == InitSequence.class) {
            return InitSequence.defaults();
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type == Workload.class) {
            return Workload.builder(1).build();
        }
        throw new AssertionError("no argument for " + type);
    }
}
