// Package picture finds and reads bar codes in photographs: QR, Code 128,
// Code 39 and Data Matrix.
//
// The decoders are gozxing's (QR, Data Matrix) and our own (Code 128 and
// Code 39, which it reads along rows and columns only). What decides whether a
// photograph can be read is how the code is looked for, and that is all ours:
//
//   - A ladder of attempts, cheap ones first, ends at the first rung that reads
//     something, or when its time is up. See ladder.go.
//   - Lines for Code 128 and Code 39 follow the gradient of the picture, so a
//     receipt may lie at any angle; symbols are compared edge to like edge, which
//     ink spread and blur do not move; two lines must agree. See blocks.go,
//     edges.go, code128.go, code39.go.
//   - A QR text is put together from the raw bytes of all its segments, because
//     encoders cut UTF-8 letters in two. See qrtext.go.
//
// Comparing edge to like edge, thirds of a picture and agreeing lines are ideas
// of zxing-cpp (Apache-2.0); the code is new.
//
// The gozxing v0.1.1 defects met here: it panics on a luminance buffer shorter
// than the picture and on a nil picture (sizes are checked once, in grayOf), in
// Code 39 extended mode and in Code 128 it accepts one line, even an empty text,
// and returns broken UTF-8 for FNC4 (its one-dimensional readers are not used).
// Every call into it runs under one recover, in attempt.
package picture
