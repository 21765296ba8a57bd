# Installs a setup, tests what it put there, removes it, and looks what is left: setup-check.ps1 FILE
param([Parameter(Mandatory)][string]$Setup)
$ErrorActionPreference = "Stop"
$folder = Join-Path $env:LOCALAPPDATA "Programs\bcdesk"
$keys = "HKCU:\Software\Classes\bcdesk", "HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\bcdesk"
$link = Join-Path $env:APPDATA "Microsoft\Windows\Start Menu\Programs\bcdesk.lnk"

function Start-Waiting([string]$Program, [string]$Arguments) {
    $process = Start-Process -FilePath $Program -ArgumentList $Arguments -PassThru -Wait
    if ($process.ExitCode -ne 0) { throw "$Program $Arguments ended with code $($process.ExitCode)" }
}

foreach ($round in "installed", "installed over itself") {
    Start-Waiting $Setup "/S"
    foreach ($path in @($folder, $link) + $keys) { if (-not (Test-Path $path)) { throw "$path is missing" } }
    "$round, $([math]::Round((Get-ChildItem $folder -Recurse -File | Measure-Object Length -Sum).Sum / 1MB)) MiB"
}
& (Join-Path $folder "bcdesk-cli.exe") --selftest
if ($LASTEXITCODE -ne 0) { throw "the self-test ended with code $LASTEXITCODE" }

# the uninstaller copies itself elsewhere to remove its own file: with _?= it stays, waits, and is removed here
Start-Waiting (Join-Path $folder "uninstall.exe") "/S _?=$folder"
$left = Get-ChildItem $folder -Recurse -File -ErrorAction SilentlyContinue | Where-Object Name -ne "uninstall.exe"
if ($left) { throw "left behind: $left" }
foreach ($path in @($link) + $keys) { if (Test-Path $path) { throw "$path is left behind" } }
"removed: nothing is left"
