package dev.doorbell.testplans.junit;

import dev.doorbell.driver.Controller;

/** A test class's controller; the store closes it after the class. */
final class OpenController implements AutoCloseable {
    private final Controller controller;

    OpenController(String address) {
        controller = Controller.open(address);
    }

    Controller controller() {
        return controller;
    }

    @Override
    public void close() {
        controller.close();
    }
}
