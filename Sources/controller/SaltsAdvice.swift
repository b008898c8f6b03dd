import Commands
import Fleet

extension SaltsError: Failure {
    var exitCode: ExitCode { .usage }
}
