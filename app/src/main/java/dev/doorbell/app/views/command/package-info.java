/**
 * Building and sending any command. Four views share one {@link dev.doorbell.app.views.command.CommandDesk}: the catalogue of commands, the
 * form beside the sixteen dwords, the data buffer with the target queue, and the result with its history.
 *
 * <p>The draft is always 64 bytes; form and dwords are two ways to look at it. Nothing is refused: what the standard does not allow is
 * marked and sent as it is.
 */
package dev.doorbell.app.views.command;
