package io.github.dar.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Keys of the reference that have no effect there either: accepted, then forgotten. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@interface Ignored {

  /** The keys, as YAML spells them. */
  String[] value();
}
