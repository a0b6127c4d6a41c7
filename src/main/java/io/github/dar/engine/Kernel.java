package io.github.dar.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A hot piece of the program: TorchScript text, compiled by libtorch when it is loaded, called with
 * one native call.
 *
 * <p>The text lies under {@code kernels/} as readable files. A kernel is one or more of them put
 * together; the last one declares {@code class Kernel(Module)}. Numbers that are fixed for a model
 * are its attributes.
 *
 * <p>A kernel may be called from several threads at once as long as its methods do not assign to
 * its attributes.
 */
public final class Kernel implements AutoCloseable {

  private final PtSymbolBlock block;
  private final String name;

  private Kernel(PtSymbolBlock block, String name) {
    this.block = block;
    this.name = name;
  }

  /**
   * Compiles a kernel.
   *
   * @param manager its device; closing it closes the kernel
   * @param attributes the value of every attribute that the text declares: Boolean, Integer, Long,
   *     Float, Double, or an empty Map or List
   * @param files names under {@code kernels/}, without the {@code .py}, in the order they are put
   *     together
   */
  public static Kernel load(NDManager manager, Map<String, ?> attributes, String... files) {
    StringBuilder source = new StringBuilder();
    for (String file : files) {
      source.append(read(file)).append('\n');
    }
    Map<String, Object> constants = new LinkedHashMap<>();
    constants.put("training", false);
    attributes.forEach((key, value) -> constants.put(key, widen(value)));
    byte[] archive = TorchArchive.pack(source.toString(), constants);
    String name = files[files.length - 1];
    try {
      return new Kernel(
          JniUtils.loadModule(
              (PtNDManager) manager, new ByteArrayInputStream(archive), false, false),
          name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the name of the text that multiplies by matrices on this device in inference. */
  public static String linear(Compute compute) {
    return compute.hasOneDnn() ? "linear_packed" : "linear";
  }

  /**
   * Loads a TorchScript file that others have made. Such a file is a program: it can do what the
   * TorchScript language can, which includes reading and writing files. So only load what the user
   * has named.
   *
   * @param manager its device; closing it closes the kernel
   * @throws ai.djl.engine.EngineException if libtorch can't load it
   */
  public static Kernel open(NDManager manager, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new Kernel(
          JniUtils.loadModule((PtNDManager) manager, in, false, false),
          file.getFileName().toString());
    }
  }

  /**
   * Calls a method without gradients.
   *
   * <p>What it returns are inference tensors: they can't take part in a later {@link #train}.
   *
   * @param into the manager that owns the results
   * @param method a method of the text
   * @param arguments NDArray, Integer, Long, Double, Boolean, a List of NDArray or a Map from names
   *     to NDArray
   * @return the results, tuples and lists flattened
   */
  public NDList run(NDManager into, String method, Object... arguments) {
    // Per thread, and on by default in a new one: its autodiff fails on mixed precision.
    JniUtils.setGraphExecutorOptimize(false);
    List<IValue> values = new ArrayList<>(arguments.length);
    NativeCalls.running().lock();
    try {
      for (Object argument : arguments) {
        values.add(toIValue(argument));
      }
      try (IValue result = IValueUtils.runMethod(block, method, values.toArray(new IValue[0]))) {
        return result.toNDList((PtNDManager) into);
      }
    } finally {
      values.forEach(IValue::close);
      NativeCalls.running().unlock();
    }
  }

  /**
   * Calls a method with gradient recording on, so that the text may use {@code
   * torch.autograd.grad}. Arguments are tensors only: that is all that DJL's training call takes.
   *
   * @param into the manager that owns the results
   * @param method a method of the text
   * @param arguments NDArray, List of NDArray, or Map from names to NDArray
   * @return the results, tuples and lists flattened
   */
  public NDList train(NDManager into, String method, Object... arguments) {
    return forward(true, into, method, arguments);
  }

  /**
   * Calls a method without gradients, as {@link #run} does, but what it returns can take part in a
   * later {@link #train}. Arguments are tensors only.
   */
  NDList constant(NDManager into, String method, Object... arguments) {
    return forward(false, into, method, arguments);
  }

  private NDList forward(boolean gradients, NDManager into, String method, Object... arguments) {
    NativeCalls.running().lock();
    boolean before = JniUtils.isGradMode();
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(gradients);
    // Names tell DJL which arrays form a list or a dict. The first argument's manager gets the
    // results, so a scratch array of `into`, which also names the method, goes first.
    try (NDManager scratch = into.newSubManager()) {
      NDList list = new NDList();
      NDArray selector = into.create(0f);
      selector.setName("module_method:" + method);
      list.add(selector);
      for (int i = 0; i < arguments.length; i++) {
        addNamed(list, scratch, arguments[i], i);
      }
      NDList result = IValueUtils.forward(block, list, true);
      selector.close();
      return result;
    } finally {
      JniUtils.setGradMode(before);
      NativeCalls.running().unlock();
    }
  }

  private static void addNamed(NDList list, NDManager scratch, Object argument, int position) {
    if (argument instanceof NDArray array) {
      list.add(alias(scratch, array, null));
    } else if (argument instanceof List<?> arrays) {
      for (Object array : arrays) {
        list.add(alias(scratch, (NDArray) array, "a" + position + "[]"));
      }
    } else if (argument instanceof Map<?, ?> map) {
      map.forEach(
          (key, array) -> list.add(alias(scratch, (NDArray) array, "a" + position + "." + key)));
    } else {
      throw new IllegalArgumentException("a training call takes tensors only, not " + argument);
    }
  }

  /** The same tensor under another name: the caller's array keeps its own. */
  private static NDArray alias(NDManager scratch, NDArray array, String name) {
    try (IValue value = IValue.from((PtNDArray) array)) {
      NDArray alias = value.toTensor((PtNDManager) scratch);
      alias.setName(name);
      return alias;
    }
  }

  private static IValue toIValue(Object argument) {
    if (argument instanceof PtNDArray array) {
      return IValue.from(array);
    }
    if (argument instanceof Integer || argument instanceof Long) {
      return IValue.from(((Number) argument).longValue());
    }
    if (argument instanceof Double || argument instanceof Float) {
      return IValue.from(((Number) argument).doubleValue());
    }
    if (argument instanceof Boolean flag) {
      return IValue.from(flag.booleanValue());
    }
    if (argument instanceof List<?> arrays) {
      return IValue.listFrom(arrays.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
    }
    if (argument instanceof Map<?, ?> map) {
      Map<String, PtNDArray> arrays = new LinkedHashMap<>();
      map.forEach((key, array) -> arrays.put((String) key, (PtNDArray) array));
      return IValue.stringMapFrom(arrays);
    }
    throw new IllegalArgumentException("no kernel takes " + argument);
  }

  private static Object widen(Object value) {
    if (value instanceof Integer number) {
      return number.longValue();
    }
    return value instanceof Float number ? number.doubleValue() : value;
  }

  private static String read(String file) {
    String path = "/io/github/dar/kernels/" + file + ".py";
    try (InputStream in = Kernel.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no kernel text " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    block.close();
  }

  @Override
  public String toString() {
    return "Kernel[" + name + "]";
  }
}
