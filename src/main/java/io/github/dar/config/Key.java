package io.github.dar.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How a record component appears in YAML. Without it a component is a required key: its name in
 * snake_case. {@code Optional} components may always be left out.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
@interface Key {

  /** The value, as YAML text, of a key that is left out; empty means that the key is required. */
  String defaultsTo() default "";

  /** Another name under which the key is accepted. */
  String alias() default "";

  /**
   * Another key for a count of steps that gives it in images: as many steps as see them, by {@code
   * batch} in the same section.
   */
  String inImages() default "";

  /** The component is a record whose keys stand among those of the record that holds it. */
  boolean inline() default false;
}
