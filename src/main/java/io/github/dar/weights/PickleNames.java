package io.github.dar.weights;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a pickle may name. A name stands for one of our own functions or values; nothing of
 * Python is looked up, and a name that is not here is refused, however harmless it may be.
 */
final class PickleNames {

  private PickleNames() {}

  /** Something a pickle may call. */
  @FunctionalInterface
  interface Function {
    Object call(List<Object> args) throws PickleException;
  }

  /** The classes whose objects are read, as maps of their attributes. */
  enum ObjectClass {
    NAMESPACE,
    CONFIG
  }

  /** An object of one of these classes, filled after it is made. */
  record Instance(ObjectClass type, Map<Object, Object> attributes) {}

  private static final Map<String, Object> TORCH =
      Map.ofEntries(
          storage("DoubleStorage", DType.F64),
          storage("FloatStorage", DType.F32),
          storage("HalfStorage", DType.F16),
          storage("BFloat16Storage", DType.BF16),
          storage("LongStorage", DType.I64),
          storage("IntStorage", DType.I32),
          storage("ShortStorage", DType.I16),
          storage("CharStorage", DType.I8),
          storage("ByteStorage", DType.U8),
          storage("BoolStorage", DType.BOOL),
          storage("ComplexFloatStorage", DType.C64),
          storage("UntypedStorage", null),
          Map.entry("float64", DType.F64),
          Map.entry("float32", DType.F32),
          Map.entry("float16", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("float8_e4m3fn", DType.F8_E4M3),
          Map.entry("float8_e5m2", DType.F8_E5M2),
          Map.entry("float8_e8m0fnu", DType.F8_E8M0),
          Map.entry("int64", DType.I64),
          Map.entry("int32", DType.I32),
          Map.entry("int16", DType.I16),
          Map.entry("int8", DType.I8),
          Map.entry("uint64", DType.U64),
          Map.entry("uint32", DType.U32),
          Map.entry("uint16", DType.U16),
          Map.entry("uint8", DType.U8),
          Map.entry("bool", DType.BOOL),
          Map.entry("complex64", DType.C64),
          function("Size", PickleNames::tuple));

  private static final Map<String, Object> TORCH_STORAGE =
      Map.ofEntries(storage("UntypedStorage", null), storage("TypedStorage", null));

  private static final Map<String, Object> TORCH_UTILS =
      Map.ofEntries(
          function("_rebuild_tensor", args -> tensor(args, 4, 4, null)),
          function("_rebuild_tensor_v2", args -> tensor(args, 6, 7, null)),
          function("_rebuild_tensor_v3", PickleNames::tensorOfType),
          function("_rebuild_parameter", args -> parameter(args, 3)),
          function("_rebuild_parameter_with_state", args -> parameter(args, 4)));

  private static final Map<String, Object> BUILTINS =
      Map.ofEntries(
          function("set", PickleNames::set),
          function("frozenset", PickleNames::set),
          function("bytes", PickleNames::noBytes));

  private static final Map<String, Map<String, Object>> MODULES =
      Map.of(
          "torch", TORCH,
          "torch.storage", TORCH_STORAGE,
          "torch._utils", TORCH_UTILS,
          "builtins", BUILTINS,
          "__builtin__", BUILTINS,
          "collections", Map.ofEntries(function("OrderedDict", PickleNames::orderedDict)),
          "_codecs", Map.ofEntries(function("encode", PickleNames::latin1)),
          "argparse", Map.of("Namespace", ObjectClass.NAMESPACE),
          "config_util", Map.of("Config", ObjectClass.CONFIG));

  /** Returns what a name stands for here. */
  static Object resolve(String module, String name) throws PickleException {
    Object known = MODULES.getOrDefault(module, Map.of()).get(name);
    if (known == null) {
      throw PickleException.refused(module, name);
    }
    return known;
  }

  /** Checks a key of a dict or an element of a set: hashing anything nested could take forever. */
  static Object hashable(Object key) throws PickleException {
    boolean plain =
        key instanceof List<?> tuple && !(key instanceof ArrayList)
            ? tuple.stream().allMatch(PickleNames::isScalar)
            : isScalar(key);
    if (!plain) {
      throw new PickleException("it has a dict or set with keys that are not plain values");
    }
    return key;
  }

  private static boolean isScalar(Object value) {
    return value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof DType;
  }

  private static Map.Entry<String, Object> storage(String name, DType dtype) {
    return Map.entry(name, new TorchStorage.Type(Optional.ofNullable(dtype)));
  }

  private static Map.Entry<String, Object> function(String name, Function function) {
    return Map.entry(name, function);
  }

  private static Object tensor(List<Object> args, int least, int most, DType dtype)
      throws PickleException {
    count(args, least, most);
    // What follows the strides is of no use here, except for lazily negated or conjugated tensors.
    if (args.size() == 7 && args.get(6) instanceof Map<?, ?> metadata && !metadata.isEmpty()) {
      throw new PickleException("it has a tensor with the unknown properties " + metadata.keySet());
    }
    return TorchTensor.of(args, dtype);
  }

  private static Object tensorOfType(List<Object> args) throws PickleException {
    count(args, 7, 8);
    if (!(args.get(6) instanceof DType dtype)) {
      throw new PickleException("it has a tensor without a type");
    }
    List<Object> rest = new ArrayList<>(args);
    rest.remove(6);
    return tensor(rest, 6, 7, dtype);
  }

  private static Object parameter(List<Object> args, int count) throws PickleException {
    count(args, count, count);
    if (!(args.get(0) instanceof TorchTensor tensor)) {
      throw new PickleException("it has a parameter without a tensor");
    }
    return tensor;
  }

  private static Object tuple(List<Object> args) throws PickleException {
    count(args, 1, 1);
    return Collections.unmodifiableList(new ArrayList<>(list(args.get(0))));
  }

  private static Object set(List<Object> args) throws PickleException {
    count(args, 0, 1);
    return setOf(args.isEmpty() ? List.of() : list(args.get(0)));
  }

  /** Makes a set of checked elements. */
  static LinkedHashSet<Object> setOf(List<?> elements) throws PickleException {
    LinkedHashSet<Object> set = new LinkedHashSet<>();
    for (Object element : elements) {
      set.add(hashable(element));
    }
    return set;
  }

  private static Object orderedDict(List<Object> args) throws PickleException {
    count(args, 0, 1);
    LinkedHashMap<Object, Object> dict = new LinkedHashMap<>();
    for (Object pair : args.isEmpty() ? List.of() : list(args.get(0))) {
      List<?> parts = list(pair);
      if (parts.size() != 2) {
        throw new PickleException("it has a dict that is not made of pairs");
      }
      dict.put(hashable(parts.get(0)), parts.get(1));
    }
    return dict;
  }

  /** Protocol 2 has no bytes: Python writes them as text to encode again. */
  private static Object latin1(List<Object> args) throws PickleException {
    count(args, 2, 2);
    if (args.get(0) instanceof String text
        && "latin1".equals(args.get(1))
        && text.chars().allMatch(c -> c < 256)) {
      return text.getBytes(StandardCharsets.ISO_8859_1);
    }
    throw new PickleException("it encodes text in an unknown way");
  }

  private static Object noBytes(List<Object> args) throws PickleException {
    count(args, 0, 0);
    return new byte[0];
  }

  private static List<?> list(Object value) throws PickleException {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new PickleException("it calls something with other arguments than PyTorch would");
  }

  private static void count(List<Object> args, int least, int most) throws PickleException {
    if (args.size() < least || args.size() > most) {
      throw new PickleException("it calls something with " + args.size() + " arguments");
    }
  }
}
