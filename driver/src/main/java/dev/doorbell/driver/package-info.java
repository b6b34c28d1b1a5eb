/**
 * The driver: devices, controllers, queues, commands and I/O workers, over {@code libdoorbell}.
 *
 * <p>Priorities, in this order: never crash the JVM; say what the device really did; stay out of the tester's way; be fast.
 *
 * <ul>
 *   <li><b>Raw first.</b> Any 64-byte SQE can be sent on any queue, valid or not, and all 16 bytes of the completion come back. Nothing
 *       here refuses a command because a device would. Typed commands are thin layers over that. The one guard is
 *       {@link dev.doorbell.driver.Device#readOnly}, which whoever opened the device puts up and lifts.
 *   <li><b>A command always ends</b>: completed, timed out, or lost by a reset, disable or removal, with both time stamps, in the
 *       qpair's {@link dev.doorbell.driver.CmdLog}.
 *   <li><b>Lifetime.</b> {@link dev.doorbell.driver.Device}, {@link dev.doorbell.driver.Qpair}, {@link dev.doorbell.driver.Buffer} and
 *       {@link dev.doorbell.driver.IoWorker} own native memory until {@code close()}. Closing twice is harmless; anything else after
 *       {@code close()} throws {@link dev.doorbell.driver.Device.ClosedException}. A device refuses to close while something of it is
 *       open and names what it is; a {@link dev.doorbell.driver.Controller} that opened its own device closes everything in order.
 *       Nothing is freed by the garbage collector.
 *   <li><b>Threads.</b> Registers, config space, interrupts, buffers and cmdlogs may be used by any thread. A qpair has a lock, so
 *       several threads may submit, execute and poll on the same one; whoever polls dispatches the ends of everybody's commands.
 *       Callbacks run on the polling thread, without the lock: they may submit, execute and close, but not {@code waitDone} on their own
 *       qpair. The library starts no Java thread. Its I/O workers are native threads that never wait for the JVM.
 *   <li><b>Locks</b> are taken in the order bring-up of the controller, admin qpair, then I/O qpairs by ascending id.
 *   <li><b>Times</b> are nanoseconds of the system's monotonic clock, the clock of {@link java.lang.System#nanoTime()}.
 *   <li><b>Unsigned values</b> of the wire (namespace ids, dwords, registers) are Java {@code int} and {@code long} with unsigned meaning.
 * </ul>
 *
 * <p>This package uses {@code dev.doorbell.driver.ffi} and, for the words of a status, {@code dev.doorbell.spec}. Neither uses it.
 */
package dev.doorbell.driver;
