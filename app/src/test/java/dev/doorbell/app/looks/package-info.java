/** Tests of what can be told of the window's looks without eyes: no text cut off, and every text dark or light enough on its ground. */
package dev.doorbell.app.looks;
