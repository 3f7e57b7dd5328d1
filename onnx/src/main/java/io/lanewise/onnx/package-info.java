/**
 * ONNX models in and out.
 *
 * <p>Begin with {@link io.lanewise.onnx.OnnxModel}. A file whose graph is a chain of layers becomes
 * a network, as fast as one of our own and as open to more training:
 *
 * <pre>{@code
 * Network network = OnnxModel.load(Path.of("net.onnx")).toNetwork();
 * OnnxModel.export(network, Path.of("copy.onnx"));
 * }</pre>
 *
 * <p>Any other of the operators that are known is computed node by node: {@link
 * io.lanewise.onnx.OnnxModel#run(java.util.Map)}, which takes {@link io.lanewise.onnx.OnnxTensor}s
 * by name. A file that is not what it should be is a {@link
 * io.lanewise.model.ModelFormatException}.
 */
@NullMarked
package io.lanewise.onnx;

import org.jspecify.annotations.NullMarked;
