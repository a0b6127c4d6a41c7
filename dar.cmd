@echo off
rem Runs dar on Windows; builds it first where target\dar.jar is missing. See ./dar for the variables.
setlocal
set "DAR_HOME=%~dp0"
set "DAR_JAVA=java"
if defined JAVA_HOME set "DAR_JAVA=%JAVA_HOME%\bin\java"
set "DAR_JAR=%DAR_HOME%target\dar.jar"
if not exist "%DAR_HOME%pom.xml" set "DAR_JAR=%DAR_HOME%dar.jar"
if exist "%DAR_JAR%" goto run
where mvn >nul 2>nul
if errorlevel 1 (
  echo dar: there is no mvn to build with; install Maven 3.8 or newer 1>&2
  exit /b 2
)
echo dar: building; the first time this downloads libraries 1>&2
pushd "%DAR_HOME%"
call mvn -q -B -ntp -DskipTests -DnoZip %DAR_MAVEN_OPTS% package 1>&2
if errorlevel 1 (
  popd
  echo dar: the build failed; what Maven said is above 1>&2
  exit /b 1
)
popd
:run
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=PASSIVE"
"%DAR_JAVA%" -Djava.awt.headless=true -DOPT_OUT_TRACKING=true -Dai.djl.offline=true "-Ddar.home=%DAR_HOME%." %DAR_JAVA_OPTS% -jar "%DAR_JAR%" %*
exit /b %errorlevel%
