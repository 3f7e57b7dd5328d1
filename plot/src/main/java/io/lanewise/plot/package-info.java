/** Curves, bars and points as SVG and HTML whose text can be selected; for our own programs. */
package io.lanewise.plot;
