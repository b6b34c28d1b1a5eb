package dev.doorbell.driver;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * QEMU 7.2's controller model crashes in about one of 70 resets under load. A test that fails when QEMU itself was ended by SIGSEGV or SIGABRT
 * says so and is run again on a new one, twice at most; every other failure stays one.
 */
final class QemuCrash implements InvocationInterceptor {
    private static final int AGAIN = 2;

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        DeviceTest test = (DeviceTest) context.getRequiredTestInstance();
        try {
            invocation.proceed();
        } catch (Throwable failure) {
            again(test, method, failure);
        }
    }

    private static void again(DeviceTest test, ReflectiveInvocationContext<Method> method, Throwable first)
            throws Throwable {
        Throwable failure = first;
        for (int i = 0; i < AGAIN; i++) {
            if (!crashed(test)) {
                throw failure;
            }
            System.out.println("QEMU has crashed below " + method.getExecutable() + " (" + failure + "); once more");
            try {
                each(test, AfterEach.class, HierarchyTraversalMode.BOTTOM_UP);
            } catch (Throwable ofADeadDevice) {
                failure.addSuppressed(ofADeadDevice);
            }
            each(test, BeforeEach.class, HierarchyTraversalMode.TOP_DOWN);
            try {
                run(test, method.getExecutable(), method.getArguments().toArray());
                return;
            } catch (Throwable next) {
                failure = next;
            }
        }
        throw failure;
    }

    private static void each(DeviceTest test, Class<? extends Annotation> kind, HierarchyTraversalMode order)
            throws Throwable {
        for (Method method : ReflectionSupport.findMethods(
                test.getClass(), candidate -> candidate.isAnnotationPresent(kind), order)) {
            run(test, method);
        }
    }

    private static void run(DeviceTest test, Method method, Object... arguments) throws Throwable {
        method.setAccessible(true);
        try {
            method.invoke(test, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** QEMU lets go of its files a moment before it can be asked how it ended. */
    private static boolean crashed(DeviceTest test) {
        if (!test.address.startsWith("qemu:") || test.controller == null) {
            return false;
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        do {
            try {
                test.controller.device().pci().orElseThrow().read16(0);
                return false;
            } catch (Device.LostException e) {
                if (e.getMessage().contains("a fault of QEMU's own")) {
                    return true;
                }
            } catch (RuntimeException closed) {
                return false;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() < deadline);
        return false;
    }
}
